// internalBinding('url'): the WHATWG URL parser (Ada). A URL of lib/internal/url.js is its href and the offsets of
// its parts, which parse(), update() and pathToFileURL() leave in the array `urlComponents`.
#include <ada.h>
#include <simdutf.h>

#include <optional>
#include <string>
#include <string_view>

#include "runtime/binding/shared_array.h"
#include "runtime/binding/typed.h"
#include "runtime/bindings/node/fast_functions.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node {
namespace {

constexpr size_t kComponents = 9;

struct UrlState {
  explicit UrlState(Environment* env) : components(env, "url.urlComponents", kComponents) {}
  SharedUint32 components;
};

void SetComponents(Environment* env, const ada::url_aggregator& url) {
  const SharedUint32& out = env->State<UrlState>().components;
  const ada::url_components& parts = url.get_components();
  const uint32_t values[kComponents] = {parts.protocol_end, parts.username_end, parts.host_start,
                                        parts.host_end,     parts.port,         parts.pathname_start,
                                        parts.search_start, parts.hash_start,   static_cast<uint32_t>(url.type)};
  for (size_t i = 0; i < kComponents; i++) out[i] = values[i];
}

v8::MaybeLocal<v8::String> StringOf(Environment* env, std::string_view text) {
  return StringOfBytes(env->isolate(), {reinterpret_cast<const uint8_t*>(text.data()), text.size()}, Encoding::kUtf8);
}

void ThrowInvalidUrl(Environment* env, std::string_view input, std::optional<std::string_view> base) {
  v8::Local<v8::Object> error = CodedError(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_URL", "Invalid URL");
  const auto set = [&](const char* name, std::string_view value) {
    v8::Local<v8::String> text;
    return StringOf(env, value).ToLocal(&text) && error->Set(env->context(), Internalized(env->isolate(), name), text).FromMaybe(false);
  };
  if (!set("input", input) || (base.has_value() && !set("base", *base))) return;
  env->isolate()->ThrowException(error);
}

using Url = ada::result<ada::url_aggregator>;

// Whether a string that is parsed is its URL's href already: it then needs no copy.
struct Parsed {
  Url url;
  bool is_href;
};

Parsed ParseString(v8::Isolate* isolate, v8::Local<v8::String> text, const ada::url_aggregator* base) {
  return WithUtf8(isolate, text, [base](std::string_view chars) {
    Parsed parsed{ada::parse<ada::url_aggregator>(chars, base), false};
    parsed.is_href = parsed.url && parsed.url->get_href() == chars;  // An href is ASCII.
    return parsed;
  });
}

// parse(input, base, throws) → the href, and the components; undefined when it is no URL.
v8::MaybeLocal<v8::String> Parse(Environment* env, v8::Local<v8::String> input, v8::Local<v8::Value> base, bool throws) {
  v8::Isolate* isolate = env->isolate();
  const bool has_base = base->IsString();
  const auto fail = [&]() -> v8::MaybeLocal<v8::String> {
    if (!throws) return {};
    const Utf8Chars text(isolate, input), base_text(isolate, has_base ? base.As<v8::String>() : v8::String::Empty(isolate));
    ThrowInvalidUrl(env, text.view(), has_base ? std::optional(base_text.view()) : std::nullopt);
    return {};
  };
  Url base_url;
  if (has_base) {
    base_url = ParseString(isolate, base.As<v8::String>(), nullptr).url;
    if (!base_url) return fail();
  }
  const Parsed parsed = ParseString(isolate, input, has_base ? &base_url.value() : nullptr);
  if (!parsed.url) return fail();
  SetComponents(env, *parsed.url);
  return parsed.is_href ? v8::MaybeLocal<v8::String>(input) : StringOf(env, parsed.url->get_href());
}

bool CanParse(Environment* env, v8::Local<v8::String> input, v8::Local<v8::Value> base) {
  v8::Isolate* isolate = env->isolate();
  if (!base->IsString()) return WithUtf8(isolate, input, [](std::string_view chars) { return ada::can_parse(chars); });
  const Utf8Chars base_text(isolate, base.As<v8::String>());
  const std::string_view base_view = base_text.view();
  return WithUtf8(isolate, input, [&base_view](std::string_view chars) { return ada::can_parse(chars, &base_view); });
}

bool FastCanParse(v8::Local<v8::Value>, const v8::FastOneByteString& input) {
  if (IsAscii({input.data, input.length})) return ada::can_parse({input.data, input.length});
  std::string chars(simdutf::utf8_length_from_latin1(input.data, input.length), '\0');
  (void)simdutf::convert_latin1_to_utf8(input.data, input.length, chars.data());
  return ada::can_parse(chars);
}

// What a setter of URL is for; the numbers are those of lib/internal/url.js's updateActions.
enum class Part { kProtocol, kHost, kHostname, kPort, kUsername, kPassword, kPathname, kSearch, kHash, kHref };

bool SetPart(ada::url_aggregator& url, Part part, std::string_view value) {
  switch (part) {
    case Part::kProtocol: return url.set_protocol(value);
    case Part::kHost: return url.set_host(value);
    case Part::kHostname: return url.set_hostname(value);
    case Part::kPort: return url.set_port(value);
    case Part::kUsername: return url.set_username(value);
    case Part::kPassword: return url.set_password(value);
    case Part::kPathname: return url.set_pathname(value);
    case Part::kSearch: url.set_search(value); return true;
    case Part::kHash: url.set_hash(value); return true;
    case Part::kHref: return url.set_href(value);
  }
  return false;
}

// update(href, action, value) → the new href, and the components; false when the setter refuses.
v8::MaybeLocal<v8::Value> Update(Environment* env, v8::Local<v8::String> href,
                                 InRange<uint32_t, 0, static_cast<uint32_t>(Part::kHref)> action, v8::Local<v8::String> value) {
  v8::Isolate* isolate = env->isolate();
  const Utf8Chars new_value(isolate, value);
  // The host of a URL may be one that the parser does not read again.
  Url url = ParseString(isolate, href, nullptr).url;
  if (!url || !SetPart(*url, static_cast<Part>(action.value), new_value.view())) return v8::False(isolate).As<v8::Value>();
  SetComponents(env, *url);
  return StringOf(env, url->get_href()).FromMaybe(v8::Local<v8::String>());
}

// The href that a URL gets when all of its text is `domain`; nullopt when that is none.
std::optional<ada::url> UrlOfDomain(std::string_view domain) {
  // A special scheme, whose hosts are domains.
  auto url = ada::parse<ada::url>("ws://x");
  if (domain.empty() || !url || !url->set_hostname(domain)) return std::nullopt;
  return std::move(*url);
}

v8::MaybeLocal<v8::String> DomainToAscii(Environment* env, v8::Local<v8::String> domain) {
  const auto url = UrlOfDomain(Utf8Chars(env->isolate(), domain).view());
  return StringOf(env, url ? url->get_hostname() : "");
}

v8::MaybeLocal<v8::String> DomainToUnicode(Environment* env, v8::Local<v8::String> domain) {
  const auto url = UrlOfDomain(Utf8Chars(env->isolate(), domain).view());
  return StringOf(env, url ? ada::idna::to_unicode(url->get_hostname()) : "");
}

// format(href, hash, unicode, search, auth): url.format(URL, options).
v8::MaybeLocal<v8::String> Format(Environment* env, v8::Local<v8::String> href, bool hash, bool unicode, bool search, bool auth) {
  auto url = ada::parse<ada::url>(Utf8Chars(env->isolate(), href).view());
  if (!url) return href;
  if (!hash) url->hash = std::nullopt;
  if (!search) url->query = std::nullopt;
  if (!auth) url->username = url->password = "";
  if (unicode && url->has_hostname()) url->host = ada::idna::to_unicode(url->get_hostname());
  return StringOf(env, url->get_href());
}

v8::MaybeLocal<v8::String> GetOrigin(Environment* env, v8::Local<v8::String> input) {
  const auto url = ada::parse<ada::url_aggregator>(Utf8Chars(env->isolate(), input).view());
  if (!url) {
    ThrowCoded(env->isolate(), ErrorKind::kTypeError, "ERR_INVALID_URL", "Invalid URL");
    return {};
  }
  return StringOf(env, url->get_origin());
}

// "file://" and the path, where what has a meaning in a URL, and what RFC 1738 calls unsafe, is escaped.
std::string FileUrlOf(std::string_view path, bool windows) {
  static constexpr std::string_view kEscaped("\0\t\n\r \"#%?[\\]^|~", 15);
  static constexpr char kDigits[] = "0123456789ABCDEF";
  std::string url = "file://";
  url.reserve(url.size() + path.size());
  for (const char c : path) {
    if (windows && c == '\\') {
      url += '/';
    } else if (kEscaped.find(c) != std::string_view::npos) {
      url += '%';
      url += kDigits[static_cast<uint8_t>(c) >> 4];
      url += kDigits[static_cast<uint8_t>(c) & 15];
    } else {
      url += c;
    }
  }
  return url;
}

// pathToFileURL(path, windows, hostname) → the href, and the components.
v8::MaybeLocal<v8::String> PathToFileUrl(Environment* env, v8::Local<v8::String> path, bool windows, v8::Local<v8::Value> hostname) {
  const Utf8Chars text(env->isolate(), path);
  auto url = ada::parse<ada::url_aggregator>(FileUrlOf(text.view(), windows));
  if (!url) {
    ThrowInvalidUrl(env, text.view(), std::nullopt);
    return {};
  }
  if (windows && hostname->IsString()) {
    const Utf8Chars host(env->isolate(), hostname.As<v8::String>());
    if (!url->set_hostname(host.view())) {
      ThrowInvalidUrl(env, text.view(), host.view());
      return {};
    }
  }
  SetComponents(env, *url);
  return StringOf(env, url->get_href());
}

constexpr FastFunction kFastFunctions[] = {{"canParse", Typed<CanParse>("").callback, Fast<FastCanParse>}};

void Init(Environment* env, v8::Local<v8::Object> target) {
  SetFastFunctions(env, target, kFastFunctions);
  target->Set(env->context(), Internalized(env->isolate(), "urlComponents"), env->State<UrlState>().components.Get()).Check();
}

void References(std::vector<intptr_t>* list) { AppendFastReferences(kFastFunctions, list); }

constexpr FunctionSpec kFunctions[] = {
    Typed<CanParse>("canParse"),
    Typed<DomainToAscii>("domainToASCII"),
    Typed<DomainToUnicode>("domainToUnicode"),
    Typed<Format>("format"),
    Typed<GetOrigin>("getOrigin"),
    Typed<Parse>("parse"),
    Typed<PathToFileUrl>("pathToFileURL"),
    Typed<Update>("update"),
};

}  // namespace

extern const BindingSpec kNodeUrl;
constexpr BindingSpec kNodeUrl{"url", kFunctions, {}, {}, Init, References};

}  // namespace dv8::node
