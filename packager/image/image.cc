#include "packager/image/image.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "packager/bundle/json.h"
#include "packager/image/base.h"
#include "packager/image/root_fs.h"
#include "packager/image/tar.h"
#include "packager/process/files.h"
#include "packager/process/source_date.h"

namespace dv8 {
namespace {

constexpr char kArchitecture[] = "amd64";  // Go's name for what executables are made for.
constexpr char kManifestType[] = "application/vnd.oci.image.manifest.v1+json";
constexpr char kIndexType[] = "application/vnd.oci.image.index.v1+json";
constexpr char kConfigType[] = "application/vnd.oci.image.config.v1+json";
constexpr char kEmptyType[] = "application/vnd.oci.empty.v1+json";
constexpr char kLayerType[] = "application/vnd.oci.image.layer.v1.tar";
constexpr char kBaseLabel[] = "org.opencontainers.image.base.";
constexpr char kPath[] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

using StringMap = std::map<std::string, std::string>;

// The blobs of a layout by their digests.
class Blobs {
 public:
  // Gives the digest.
  std::string Add(std::vector<std::byte> bytes) {
    std::string hex = Sha256(bytes);
    blobs_[hex] = std::move(bytes);
    return hex;
  }
  std::string Add(std::string_view text) {
    const std::span<const std::byte> bytes = AsBytes(text);
    return Add(std::vector<std::byte>(bytes.begin(), bytes.end()));
  }
  size_t SizeOf(const std::string& hex) const { return blobs_.at(hex).size(); }
  // Of a blob that is in it; what else it has can be added.
  JsonObject Descriptor(const std::string& media_type, const std::string& hex) const {
    JsonObject object;
    object.AddString("mediaType", media_type).AddString("digest", "sha256:" + hex).AddRaw("size", std::to_string(SizeOf(hex)));
    return object;
  }
  void Write(TarWriter* tar) const {
    for (const auto& [hex, bytes] : blobs_) tar->Add("blobs/sha256/" + hex, {}, bytes);
  }

 private:
  std::map<std::string, std::vector<std::byte>> blobs_;
};

std::string Strings(const StringMap& map) {
  JsonObject object;
  for (const auto& [key, value] : map) object.AddString(key, value);
  return object.Text();
}

// The strings of an object such as "Labels".
StringMap StringsOf(const Json* object) {
  StringMap map;
  if (object == nullptr) return map;
  for (const auto& [key, value] : object->members()) map[key] = value.String();
  return map;
}

// The base's variables with those of `env` in place of theirs, in the order in which they first came.
std::vector<std::string> MergeEnv(const Json* base, const std::vector<std::string>& env) {
  std::vector<std::string> all;
  if (base != nullptr) {
    for (const Json& variable : base->items()) all.push_back(variable.String());
  } else {
    all.push_back(kPath);
  }
  for (const std::string& variable : env) {
    const std::string head = variable.substr(0, variable.find('=') + 1);
    const auto known = std::find_if(all.begin(), all.end(), [&](const std::string& one) { return one.starts_with(head); });
    if (known == all.end()) all.push_back(variable);
    else *known = variable;
  }
  return all;
}

StringMap Labels(const ImageInput& input) {
  StringMap labels = input.options.labels;
  labels.insert(input.annotations.begin(), input.annotations.end());
  return labels;
}

// Who the program runs as; empty leaves it to the base.
std::string User(const ImageOptions& options, const std::string& of_base) {
  if (!options.base.empty() && !options.user.empty()) return options.user;
  if (!of_base.empty()) return of_base;
  const Result<UserIds> ids = ParseUser(options.user);
  return std::to_string(ids.value().uid) + ":" + std::to_string(ids.value().gid);
}

// The "config" of an image: how a container of it starts. What the base says of other things stays.
std::string RunConfig(const ImageInput& input, const Json* base) {
  const ImageOptions& options = input.options;
  const auto of_base = [&](std::string_view key) { return base == nullptr ? nullptr : base->Find(key); };
  JsonObject ports;
  StringMap all_ports = StringsOf(of_base("ExposedPorts"));
  for (const std::string& port : options.ports) all_ports[port];
  for (const auto& [port, unused] : all_ports) ports.AddRaw(port, "{}");
  StringMap labels = StringsOf(of_base("Labels"));
  for (const auto& [key, value] : Labels(input)) labels[key] = value;
  const std::string workdir = base == nullptr ? "" : base->StringAt("WorkingDir");

  JsonObject config;
  config.AddString("User", User(options, base == nullptr ? "" : base->StringAt("User")));
  if (!ports.empty()) config.AddRaw("ExposedPorts", ports.Text());
  config.AddRaw("Env", JsonStrings(MergeEnv(of_base("Env"), options.env)));
  config.AddRaw("Entrypoint", JsonStrings({std::string("/") + kImageFolder + input.name}));
  config.AddString("WorkingDir", !options.workdir.empty() ? options.workdir : workdir.empty() ? "/" : workdir);
  if (!labels.empty()) config.AddRaw("Labels", Strings(labels));
  static constexpr std::string_view kOurs[] = {"User", "ExposedPorts", "Env", "Entrypoint", "Cmd", "WorkingDir", "Labels"};
  if (base != nullptr) {
    for (const auto& [key, value] : base->members()) {
      if (std::find(std::begin(kOurs), std::end(kOurs), key) == std::end(kOurs)) config.AddRaw(key, value.raw());
    }
  }
  return config.Text();
}

// The values of `of`, an array, as they are written.
std::vector<std::string> Values(const Json* of) {
  std::vector<std::string> values;
  if (of == nullptr) return values;
  for (const Json& value : of->items()) values.emplace_back(value.raw());
  return values;
}

// The image's configuration: it names what is in the layers by `diff_id`.
std::string Config(const ImageInput& input, const std::string& diff_id, const std::string& base_text) {
  const std::optional<Json> base = Json::Parse(base_text);
  const Json* rootfs = base ? base->Find("rootfs") : nullptr;
  std::vector<std::string> diff_ids = Values(rootfs == nullptr ? nullptr : rootfs->Find("diff_ids"));
  diff_ids.push_back(QuoteJson("sha256:" + diff_id));
  std::vector<std::string> history = Values(base ? base->Find("history") : nullptr);
  history.push_back(JsonObject().AddString("created", TimeText(input.time)).AddString("created_by", "dv8pack image").Text());
  return JsonObject()
      .AddString("created", TimeText(input.time))
      .AddString("architecture", kArchitecture)
      .AddString("os", "linux")
      .AddRaw("config", RunConfig(input, base ? base->Find("config") : nullptr))
      .AddRaw("rootfs", JsonObject().AddString("type", "layers").AddRaw("diff_ids", JsonArray(diff_ids)).Text())
      .AddRaw("history", JsonArray(history))
      .Text();
}

// The manifest of an artifact that is about `subject`.
std::string ReferrerManifest(const Referrer& referrer, const std::string& subject, int64_t time, Blobs* blobs) {
  const std::string empty = blobs->Add("{}");
  JsonObject layer = blobs->Descriptor(referrer.media_type, blobs->Add(referrer.bytes));
  layer.AddRaw("annotations", Strings({{"org.opencontainers.image.title", referrer.name}}));
  return JsonObject()
      .AddRaw("schemaVersion", "2")
      .AddString("mediaType", kManifestType)
      .AddString("artifactType", referrer.media_type)
      .AddRaw("config", blobs->Descriptor(kEmptyType, empty).Text())
      .AddRaw("layers", JsonArray({layer.Text()}))
      .AddRaw("subject", subject)
      .AddRaw("annotations", Strings({{"org.opencontainers.image.created", TimeText(time)}}))
      .Text();
}

// manifest.json, which Docker reads.
std::string DockerManifest(const Image& image) {
  std::vector<std::string> layers;
  for (const std::string& digest : image.layers) layers.push_back("blobs/sha256/" + digest.substr(digest.find(':') + 1));
  const std::string config = "blobs/sha256/" + image.config_digest.substr(image.config_digest.find(':') + 1);
  return JsonArray({JsonObject()
                        .AddString("Config", config)
                        .AddRaw("RepoTags", JsonStrings({image.reference.Text()}))
                        .AddRaw("Layers", JsonStrings(layers))
                        .Text()});
}

}  // namespace

Result<Image> MakeImage(const ImageInput& input) {
  const ImageOptions& options = input.options;
  BaseImage base;
  if (!options.base.empty()) {
    Result<BaseImage> read = ReadBase(options.base, kArchitecture);
    if (!read.ok()) return read.error();
    base = std::move(read.value());
  }
  const Result<std::vector<std::byte>> layer = MakeLayer(input);
  if (!layer.ok()) return layer.error();
  Result<std::vector<std::byte>> compressed = Compress(layer.value(), options.compression);
  if (!compressed.ok()) return compressed.error();

  Image image;
  image.reference = options.reference.name.empty() ? ReferenceFor(input.name) : options.reference;
  Blobs blobs;
  std::vector<std::string> layers;
  const auto add_layer = [&](const std::string& media_type, const std::string& hex) {
    layers.push_back(blobs.Descriptor(media_type, hex).Text());
    image.layers.push_back("sha256:" + hex);
    image.size += blobs.SizeOf(hex);
  };
  for (const BaseLayer& one : base.layers) add_layer(one.media_type, blobs.Add(one.bytes));
  add_layer(std::string(kLayerType) + (options.compression == Compression::kGzip ? "+gzip" : "+zstd"),
            blobs.Add(std::move(compressed.value())));
  const std::string config = blobs.Add(Config(input, Sha256(layer.value()), base.config));
  image.config_digest = "sha256:" + config;
  StringMap annotations = input.annotations;
  annotations["org.opencontainers.image.created"] = TimeText(input.time);
  if (!base.digest.empty()) annotations[std::string(kBaseLabel) + "digest"] = "sha256:" + base.digest;
  if (!base.name.empty()) annotations[std::string(kBaseLabel) + "name"] = base.name;
  const std::string manifest = blobs.Add(JsonObject()
                                             .AddRaw("schemaVersion", "2")
                                             .AddString("mediaType", kManifestType)
                                             .AddRaw("config", blobs.Descriptor(kConfigType, config).Text())
                                             .AddRaw("layers", JsonArray(layers))
                                             .AddRaw("annotations", Strings(annotations))
                                             .Text());
  image.digest = "sha256:" + manifest;

  JsonObject descriptor = blobs.Descriptor(kManifestType, manifest);
  const std::string subject = descriptor.Text();
  descriptor.AddRaw("platform", JsonObject().AddString("architecture", kArchitecture).AddString("os", "linux").Text());
  descriptor.AddRaw("annotations", Strings({{"io.containerd.image.name", image.reference.FullText()},
                                            {"org.opencontainers.image.ref.name", image.reference.tag}}));
  std::vector<std::string> manifests = {descriptor.Text()};
  for (const Referrer& referrer : input.referrers) {
    const std::string hex = blobs.Add(ReferrerManifest(referrer, subject, input.time, &blobs));
    manifests.push_back(blobs.Descriptor(kManifestType, hex).AddString("artifactType", referrer.media_type).Text());
  }
  TarWriter tar(input.time);
  tar.Add("blobs", {TarEntry::Type::kFolder, 0755});
  tar.Add("blobs/sha256", {TarEntry::Type::kFolder, 0755});
  blobs.Write(&tar);
  const std::string index =
      JsonObject().AddRaw("schemaVersion", "2").AddString("mediaType", kIndexType).AddRaw("manifests", JsonArray(manifests)).Text();
  tar.Add("index.json", {}, AsBytes(index));
  tar.Add("manifest.json", {}, AsBytes(DockerManifest(image)));
  tar.Add("oci-layout", {}, AsBytes("{\"imageLayoutVersion\":\"1.0.0\"}"));
  image.archive = tar.Finish();
  return image;
}

}  // namespace dv8
