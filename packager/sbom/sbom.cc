#include "packager/sbom/sbom.h"

#include <algorithm>
#include <map>
#include <sstream>

#include "packager/bundle/json.h"
#include "packager/process/files.h"
#include "packager/process/process.h"
#include "packager/process/source_date.h"
#include "packager/sbom/license.h"

namespace dv8 {
namespace {

constexpr char kCycloneDxEnd[] = ".cdx.json";
constexpr char kSpdxEnd[] = ".spdx.json";
constexpr char kNotTold[] = "NOASSERTION";

// What both formats tell of a part.
struct Part {
  std::string id;  // "1", "2", …: unique in the bill; the program's is "0".
  std::string name;
  std::string version;
  std::string license;
  std::string url;                 // Package URL.
  std::string address;             // Of a download.
  std::string algorithm;           // "SHA-512"; empty without a digest.
  std::string digest;              // In hexadecimal digits.
  std::vector<std::string> needs;  // Ids.
};

// package-url's percent-encoding.
std::string Escaped(std::string_view text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                          std::string_view("/.-_~").find(c) != std::string_view::npos;
    if (is_plain) out += c;
    else out.append("%").append(1, kHex[(c >> 4) & 15]).append(1, kHex[c & 15]);
  }
  return out;
}

std::string PackageUrl(const char* type, const std::string& name, const std::string& version) {
  return std::string("pkg:") + type + "/" + Escaped(name) + (version.empty() ? "" : "@" + Escaped(version));
}

// Base64 (RFC 4648) as hexadecimal digits; empty when it is not.
std::string HexOfBase64(std::string_view text) {
  static constexpr std::string_view kAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  static constexpr char kHex[] = "0123456789abcdef";
  while (text.ends_with('=')) text.remove_suffix(1);
  std::string hex;
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return "";
    bits = bits << 6 | static_cast<uint32_t>(value);
    for (count += 6; count >= 4; count -= 4) hex += kHex[bits >> (count - 4) & 15];
  }
  if (hex.size() % 2 != 0) hex.pop_back();
  return hex;
}

// The strongest digest of a Subresource Integrity text.
void ReadIntegrity(const std::string& integrity, Part* part) {
  for (const auto& [head, name] :
       {std::pair("sha512-", "SHA-512"), std::pair("sha384-", "SHA-384"), std::pair("sha256-", "SHA-256"), std::pair("sha1-", "SHA-1")}) {
    std::istringstream words(integrity);
    for (std::string word; words >> word;) {
      if (!word.starts_with(head)) continue;
      part->algorithm = name;
      part->digest = HexOfBase64(std::string_view(word).substr(std::string_view(head).size()));
      return;
    }
  }
}

Part PartOf(const NpmPackage& package, size_t id) {
  Part part{std::to_string(id),
            package.name,
            package.version,
            package.license,
            PackageUrl("npm", package.name, package.version),
            package.address,
            {},
            {},
            {}};
  ReadIntegrity(package.integrity, &part);
  // The program is 0.
  for (const size_t index : package.dependencies) part.needs.push_back(std::to_string(index + 1));
  return part;
}

// The program first.
std::vector<Part> PartsOf(const Bill& bill) {
  Part program = PartOf(bill.program, 0);
  if (program.name.empty()) program.name = bill.name;
  program.url = PackageUrl("generic", program.name, program.version);
  program.algorithm = "SHA-256";
  program.digest = bill.sha256;
  std::vector<Part> parts = {program};
  for (const NpmPackage& package : bill.packages) {
    parts.push_back(PartOf(package, parts.size()));
    // Node's library asks for it, which is a part of the program.
    if (package.folder.empty()) parts[0].needs.push_back(parts.back().id);
  }
  for (const EnginePart& engine : bill.engine) {
    parts.push_back({std::to_string(parts.size()),
                     engine.name,
                     engine.version,
                     engine.license,
                     PackageUrl("generic", engine.name, engine.version),
                     {},
                     {},
                     {},
                     {}});
    parts[0].needs.push_back(parts.back().id);
  }
  return parts;
}

// CycloneDX 1.6 (ECMA-424).
std::string CycloneDxLicenses(const std::string& license) {
  JsonObject choice;
  if (IsSpdxIdentifier(license)) choice.AddRaw("license", JsonObject().AddString("id", license).Text());
  else if (IsSpdxExpression(license)) choice.AddString("expression", license);
  else choice.AddRaw("license", JsonObject().AddString("name", license).Text());
  return JsonArray({choice.Text()});
}

std::string CycloneDxRef(const Part& part) { return part.id == "0" ? "program" : part.url; }

std::string CycloneDxComponent(const Part& part) {
  JsonObject object;
  object.AddString("type", part.id == "0" ? "application" : "library")
      .AddString("bom-ref", CycloneDxRef(part))
      .AddString("name", part.name);
  if (!part.version.empty()) object.AddString("version", part.version);
  if (!part.digest.empty()) {
    object.AddRaw("hashes", JsonArray({JsonObject().AddString("alg", part.algorithm).AddString("content", part.digest).Text()}));
  }
  if (!part.license.empty()) object.AddRaw("licenses", CycloneDxLicenses(part.license));
  object.AddString("purl", part.url);
  if (!part.address.empty()) {
    object.AddRaw("externalReferences", JsonArray({JsonObject().AddString("type", "distribution").AddString("url", part.address).Text()}));
  }
  return object.Text();
}

// A UUID (RFC 9562, version 8) of the executable's digest.
std::string Uuid(const std::string& hex) {
  return hex.substr(0, 8) + "-" + hex.substr(8, 4) + "-8" + hex.substr(13, 3) + "-8" + hex.substr(17, 3) + "-" + hex.substr(20, 12);
}

std::string CycloneDx(const Bill& bill) {
  const std::vector<Part> parts = PartsOf(bill);
  std::vector<std::string> components, dependencies;
  for (const Part& part : parts) {
    if (part.id != "0") components.push_back(CycloneDxComponent(part));
    std::vector<std::string> needs;
    for (const std::string& id : part.needs) needs.push_back(CycloneDxRef(parts[std::stoul(id)]));
    dependencies.push_back(JsonObject().AddString("ref", CycloneDxRef(part)).AddRaw("dependsOn", JsonStrings(needs)).Text());
  }
  const std::string tool =
      JsonObject().AddString("type", "application").AddString("name", "dv8pack").AddString("version", bill.dv8pack_version).Text();
  const std::string metadata = JsonObject()
                                   .AddString("timestamp", TimeText(bill.time))
                                   .AddRaw("tools", JsonObject().AddRaw("components", JsonArray({tool})).Text())
                                   .AddRaw("component", CycloneDxComponent(parts[0]))
                                   .Text();
  return JsonObject()
             .AddString("$schema", "http://cyclonedx.org/schema/bom-1.6.schema.json")
             .AddString("bomFormat", "CycloneDX")
             .AddString("specVersion", "1.6")
             .AddString("serialNumber", "urn:uuid:" + Uuid(bill.sha256))
             .AddRaw("version", "1")
             .AddRaw("metadata", metadata)
             .AddRaw("components", JsonArray(components))
             .AddRaw("dependencies", JsonArray(dependencies))
             .Text() +
         "\n";
}

// SPDX 2.3 (ISO/IEC 5962).
std::string SpdxId(const std::string& id) { return id == "0" ? "SPDXRef-Program" : "SPDXRef-Package-" + id; }

// "LicenseRef-…" for what is no expression.
std::string SpdxLicense(const std::string& license, std::map<std::string, std::string>* others) {
  if (license.empty()) return kNotTold;
  if (IsSpdxExpression(license)) return license;
  std::string id = "LicenseRef-";
  for (const char c : license) id += (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ? c : '-';
  (*others)[id] = license;
  return id;
}

std::string SpdxPackage(const Part& part, std::map<std::string, std::string>* others) {
  JsonObject object;
  object.AddString("name", part.name).AddString("SPDXID", SpdxId(part.id));
  if (!part.version.empty()) object.AddString("versionInfo", part.version);
  object.AddString("primaryPackagePurpose", part.id == "0" ? "APPLICATION" : "LIBRARY");
  object.AddString("downloadLocation", part.address.empty() ? kNotTold : part.address).AddRaw("filesAnalyzed", "false");
  object.AddString("licenseConcluded", kNotTold).AddString("licenseDeclared", SpdxLicense(part.license, others));
  object.AddString("copyrightText", kNotTold);
  if (!part.digest.empty()) {
    std::string algorithm = part.algorithm;
    std::erase(algorithm, '-');
    object.AddRaw("checksums", JsonArray({JsonObject().AddString("algorithm", algorithm).AddString("checksumValue", part.digest).Text()}));
  }
  object.AddRaw("externalRefs", JsonArray({JsonObject()
                                               .AddString("referenceCategory", "PACKAGE-MANAGER")
                                               .AddString("referenceType", "purl")
                                               .AddString("referenceLocator", part.url)
                                               .Text()}));
  return object.Text();
}

std::string Relationship(const std::string& from, const char* type, const std::string& to) {
  return JsonObject().AddString("spdxElementId", from).AddString("relationshipType", type).AddString("relatedSpdxElement", to).Text();
}

std::string Spdx(const Bill& bill) {
  const std::vector<Part> parts = PartsOf(bill);
  std::map<std::string, std::string> others;
  std::vector<std::string> packages, licenses, relationships = {Relationship("SPDXRef-DOCUMENT", "DESCRIBES", SpdxId("0"))};
  for (const Part& part : parts) {
    packages.push_back(SpdxPackage(part, &others));
    for (const std::string& id : part.needs) relationships.push_back(Relationship(SpdxId(part.id), "DEPENDS_ON", SpdxId(id)));
    if (part.id != "0") relationships.push_back(Relationship(SpdxId("0"), "CONTAINS", SpdxId(part.id)));
  }
  for (const auto& [id, text] : others) {
    licenses.push_back(JsonObject().AddString("licenseId", id).AddString("name", text).AddString("extractedText", text).Text());
  }
  const std::string creation = JsonObject()
                                   .AddString("created", TimeText(bill.time))
                                   .AddRaw("creators", JsonStrings({"Tool: dv8pack-" + bill.dv8pack_version}))
                                   .Text();
  JsonObject document;
  document.AddString("spdxVersion", "SPDX-2.3")
      .AddString("dataLicense", "CC0-1.0")
      .AddString("SPDXID", "SPDXRef-DOCUMENT")
      .AddString("name", parts[0].name)
      .AddString("documentNamespace", "https://spdx.org/spdxdocs/" + Escaped(parts[0].name) + "-" + Uuid(bill.sha256))
      .AddRaw("creationInfo", creation)
      .AddRaw("packages", JsonArray(packages))
      .AddRaw("relationships", JsonArray(relationships));
  if (!licenses.empty()) document.AddRaw("hasExtractedLicensingInfos", JsonArray(licenses));
  return document.Text() + "\n";
}

}  // namespace

std::optional<SbomFormat> SbomFormatOf(const std::string& file) {
  if (file.ends_with(kCycloneDxEnd)) return SbomFormat::kCycloneDx;
  if (file.ends_with(kSpdxEnd)) return SbomFormat::kSpdx;
  return std::nullopt;
}

const char* SbomMediaType(SbomFormat format) {
  return format == SbomFormat::kCycloneDx ? "application/vnd.cyclonedx+json" : "application/spdx+json";
}

Result<std::vector<EnginePart>> ReadEngineParts(const std::string& builder, EngineKind kind, bool has_node_library) {
  Command command;
  command.args = {builder, "--list-components="};
  command.time_limit = std::chrono::seconds(20);
  const Result<Outcome> outcome = RunProcess(command);
  if (!outcome.ok()) return outcome.error();
  if (outcome.value().exit_code != 0) return Diagnostic{std::string(kOurFault) + "the snapshot builder does not tell what it is made of"};
  std::vector<EnginePart> parts;
  std::istringstream lines(outcome.value().out);
  for (std::string set, name, version, license; std::getline(lines, set, '\t') && std::getline(lines, name, '\t') &&
                                                std::getline(lines, version, '\t') && std::getline(lines, license);) {
    const bool is_in = set == "every" || (set == "full" && kind == EngineKind::kFull) || (set == "node" && has_node_library);
    if (is_in) parts.push_back({name, version, license});
  }
  return parts;
}

std::string WriteSbom(const Bill& bill, SbomFormat format) { return format == SbomFormat::kCycloneDx ? CycloneDx(bill) : Spdx(bill); }

}  // namespace dv8
