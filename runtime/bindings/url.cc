// runtime/bindings/url.cc: internal:url, the WHATWG URL parser (Ada).
#include <ada.h>

#include <array>
#include <cstring>
#include <string>

#include "runtime/bindings/value.h"
#include "runtime/core/check.h"

namespace dv8 {
namespace {

// Offsets of Ada's url_components, as stdlib-js/web/url.js reads them.
constexpr size_t kOffsets = 9;

// Writes the offsets into the Uint32Array at info[index] and returns the href.
void ReturnUrl(const CallInfo& info, int index, const ada::url_aggregator& url) {
  const std::span<uint8_t> out = BytesOf(info[index]);
  DV8_CHECK(out.size() >= kOffsets * sizeof(uint32_t));
  const ada::url_components& parts = url.get_components();
  const std::array<uint32_t, kOffsets> offsets = {
      parts.protocol_end, parts.username_end, parts.host_start,     parts.host_end,
      parts.port,         parts.pathname_start, parts.search_start, parts.hash_start,
      static_cast<uint32_t>(url.type)};
  std::memcpy(out.data(), offsets.data(), sizeof(offsets));
  ReturnUtf8(info, url.get_href());
}

// parse(input, base or undefined, offsets) → href, or undefined when it is no URL.
void Parse(const CallInfo& info) {
  const Utf8 input(info.GetIsolate(), info[0]);
  ada::result<ada::url_aggregator> base;
  ada::url_aggregator* base_or_null = nullptr;
  if (!info[1]->IsUndefined()) {
    const Utf8 text(info.GetIsolate(), info[1]);
    base = ada::parse<ada::url_aggregator>(text.view());
    if (!base) return;
    base_or_null = &base.value();
  }
  const auto url = ada::parse<ada::url_aggregator>(input.view(), base_or_null);
  if (url) ReturnUrl(info, 2, url.value());
}

// canParse(input, base or undefined)
void CanParse(const CallInfo& info) {
  const Utf8 input(info.GetIsolate(), info[0]);
  if (info[1]->IsUndefined()) {
    info.GetReturnValue().Set(ada::can_parse(input.view()));
    return;
  }
  const Utf8 base(info.GetIsolate(), info[1]);
  const std::string_view base_view = base.view();
  info.GetReturnValue().Set(ada::can_parse(input.view(), &base_view));
}

enum class Part { kHref, kProtocol, kUsername, kPassword, kHost, kHostname, kPort, kPathname, kSearch, kHash };

// update(href, part, value, offsets) → the new href, or undefined when the setter refused.
void Update(const CallInfo& info) {
  const Utf8 href(info.GetIsolate(), info[0]);
  auto url = ada::parse<ada::url_aggregator>(href.view());
  DV8_CHECK(url);
  const Utf8 text(info.GetIsolate(), info[2]);
  const std::string_view value = text.view();
  bool ok = true;
  switch (static_cast<Part>(Uint32Arg(info, 1))) {
    case Part::kHref: ok = url->set_href(value); break;
    case Part::kProtocol: ok = url->set_protocol(value); break;
    case Part::kUsername: ok = url->set_username(value); break;
    case Part::kPassword: ok = url->set_password(value); break;
    case Part::kHost: ok = url->set_host(value); break;
    case Part::kHostname: ok = url->set_hostname(value); break;
    case Part::kPort: ok = url->set_port(value); break;
    case Part::kPathname: ok = url->set_pathname(value); break;
    case Part::kSearch: url->set_search(value); break;
    case Part::kHash: url->set_hash(value); break;
  }
  if (ok) ReturnUrl(info, 3, url.value());
}

// domainToAscii(domain), domainToUnicode(domain): "" when it is not valid.
void DomainToAscii(const CallInfo& info) {
  const Utf8 domain(info.GetIsolate(), info[0]);
  auto url = ada::parse<ada::url_aggregator>("ws://x");
  ReturnUtf8(info, url->set_hostname(domain.view()) ? url->get_hostname() : "");
}
void DomainToUnicode(const CallInfo& info) {
  const Utf8 domain(info.GetIsolate(), info[0]);
  auto url = ada::parse<ada::url_aggregator>("ws://x");
  if (!url->set_hostname(domain.view())) return ReturnUtf8(info, "");
  ReturnUtf8(info, ada::idna::to_unicode(url->get_hostname()));
}

constexpr FunctionSpec kFunctions[] = {
    {"canParse", CanParse},
    {"domainToAscii", DomainToAscii},
    {"domainToUnicode", DomainToUnicode},
    {"parse", Parse},
    {"update", Update},
};

}  // namespace

extern const BindingSpec kUrl;
constexpr BindingSpec kUrl{"url", kFunctions};

}  // namespace dv8
