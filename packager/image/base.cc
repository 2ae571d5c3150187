#include "packager/image/base.h"

#include <sys/stat.h>

#include <algorithm>
#include <memory>
#include <optional>

#include "packager/bundle/json.h"
#include "packager/image/blob.h"
#include "packager/image/tar.h"
#include "packager/process/files.h"

namespace dv8 {
namespace {

constexpr int kMaxIndexDepth = 4;
constexpr char kDigestHead[] = "sha256:";
constexpr char kRefName[] = "org.opencontainers.image.ref.name";
constexpr char kContainerdName[] = "io.containerd.image.name";

// The files of a layout.
class Layout {
 public:
  static Result<Layout> Open(const std::string& path) {
    Layout layout(path);
    struct stat info;
    if (stat(path.c_str(), &info) != 0) return Diagnostic{"--base: there is no such file or folder", path};
    if (!S_ISDIR(info.st_mode)) {
      Result<std::string> bytes = ReadFile(path);
      if (!bytes.ok()) return bytes.error();
      layout.archive_ = std::make_unique<std::string>(std::move(bytes.value()));
      Result<std::map<std::string, std::string_view>> files = ReadTar(*layout.archive_);
      if (!files.ok()) {
        const bool is_gzip = layout.archive_->starts_with("\x1f\x8b");
        return Diagnostic{"--base: " + files.error().text, path, 0, 0, is_gzip ? "unpack it with gunzip" : ""};
      }
      layout.files_ = std::move(files.value());
    }
    if (layout.Read("index.json").ok()) return layout;
    const bool is_docker = layout.Read("manifest.json").ok();
    return Diagnostic{"--base: is no OCI image layout: it has no index.json", path, 0, 0,
                      is_docker ? "skopeo copy docker-archive:" + path + " oci-archive:base.tar makes one of it"
                                : "skopeo copy docker://NAME oci:FOLDER:TAG makes one"};
  }

  const std::string& path() const { return path_; }

  Result<std::string> Read(const std::string& name) const {
    if (archive_ == nullptr) return ReadFile(path_ + "/" + name);
    const auto found = files_.find(name);
    if (found == files_.end()) return Diagnostic{"--base: '" + name + "' is not in it", path_};
    return std::string(found->second);
  }

  // What `descriptor` is of.
  Result<std::string> ReadBlob(const Json& descriptor) const {
    const std::string digest = descriptor.StringAt("digest");
    const std::string hex = digest.starts_with(kDigestHead) ? digest.substr(sizeof(kDigestHead) - 1) : "";
    if (hex.size() != 64 || hex.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return Diagnostic{"--base: no SHA-256 digest: '" + digest + "'", path_};
    }
    Result<std::string> bytes = Read("blobs/sha256/" + hex);
    if (bytes.ok() && Sha256(AsBytes(bytes.value())) != hex) return Diagnostic{"--base: is not what its digest says: " + digest, path_};
    return bytes;
  }

  Diagnostic Damaged(const std::string& what) const { return Diagnostic{"--base: " + what, path_}; }

 private:
  explicit Layout(std::string path) : path_(std::move(path)) {}

  std::string path_;
  std::unique_ptr<std::string> archive_;
  std::map<std::string, std::string_view> files_;  // Of the archive.
};

std::string Annotation(const Json& descriptor, std::string_view name) {
  const Json* annotations = descriptor.Find("annotations");
  return annotations == nullptr ? "" : annotations->StringAt(name);
}

std::string NameOf(const Json& descriptor) {
  const std::string name = Annotation(descriptor, kContainerdName);
  return name.empty() ? Annotation(descriptor, kRefName) : name;
}

bool IsIndex(const std::string& media_type) {
  return media_type == "application/vnd.oci.image.index.v1+json" ||
         media_type == "application/vnd.docker.distribution.manifest.list.v2+json";
}

// A manifest that was found, and what the layout calls it.
struct Found {
  std::string digest;
  std::string name;
  std::string manifest;
};

class Finder {
 public:
  Finder(const Layout& layout, std::string_view architecture, std::string tag)
      : layout_(layout), architecture_(architecture), tag_(std::move(tag)) {}

  // Looks through an index for images; those inside a named one are of its name.
  Result<Done> Look(const std::string& text, const std::string& name, int depth) {
    const std::optional<Json> index = Json::Parse(text);
    const Json* manifests = index ? index->Find("manifests") : nullptr;
    if (manifests == nullptr || depth > kMaxIndexDepth) return layout_.Damaged("an index of it is not one");
    for (const Json& descriptor : manifests->items()) {
      const std::string own = NameOf(descriptor);
      if (depth == 0 && !tag_.empty() && own != tag_ && Annotation(descriptor, kRefName) != tag_) continue;
      if (descriptor.Find("artifactType") != nullptr) continue;
      const Json* platform = descriptor.Find("platform");
      if (platform != nullptr && (platform->StringAt("architecture") != architecture_ || platform->StringAt("os") != "linux")) continue;
      Result<std::string> bytes = layout_.ReadBlob(descriptor);
      if (!bytes.ok()) return bytes.error();
      if (IsIndex(descriptor.StringAt("mediaType"))) {
        if (Result<Done> looked = Look(bytes.value(), own, depth + 1); !looked.ok()) return looked;
        continue;
      }
      const std::string digest = descriptor.StringAt("digest").substr(sizeof(kDigestHead) - 1);
      const bool is_known = std::any_of(found_.begin(), found_.end(), [&](const Found& one) { return one.digest == digest; });
      if (!is_known) found_.push_back({digest, own.empty() ? name : own, std::move(bytes.value())});
    }
    return Done{};
  }

  Result<Found> TheOne() const {
    if (found_.size() == 1) return found_[0];
    if (found_.empty()) {
      return layout_.Damaged("has no image for linux/" + std::string(architecture_) + (tag_.empty() ? "" : " of the name '" + tag_ + "'"));
    }
    std::string names;
    for (const Found& one : found_) names += (names.empty() ? "" : ", ") + (one.name.empty() ? one.digest.substr(0, 12) : one.name);
    Diagnostic error = layout_.Damaged("has several images: " + names);
    error.hint = "name one of them: --base " + layout_.path() + ":TAG";
    return error;
  }

 private:
  const Layout& layout_;
  std::string_view architecture_;
  std::string tag_;
  std::vector<Found> found_;
};

// Docker's names for what the OCI has names of its own for.
std::string OciLayerType(const std::string& media_type) {
  if (media_type == "application/vnd.docker.image.rootfs.diff.tar.gzip") return "application/vnd.oci.image.layer.v1.tar+gzip";
  if (media_type == "application/vnd.docker.image.rootfs.diff.tar") return "application/vnd.oci.image.layer.v1.tar";
  return media_type;
}

Result<BaseImage> ReadImage(const Layout& layout, const Found& found, std::string_view architecture) {
  BaseImage image{found.digest, found.name, {}, {}};
  const std::optional<Json> manifest = Json::Parse(found.manifest);
  const Json* config = manifest ? manifest->Find("config") : nullptr;
  const Json* layers = manifest ? manifest->Find("layers") : nullptr;
  if (config == nullptr || layers == nullptr) return layout.Damaged("the manifest of it is not one");
  Result<std::string> text = layout.ReadBlob(*config);
  if (!text.ok()) return text.error();
  image.config = std::move(text.value());
  const std::optional<Json> parsed = Json::Parse(image.config);
  const Json* rootfs = parsed ? parsed->Find("rootfs") : nullptr;
  const Json* diff_ids = rootfs == nullptr ? nullptr : rootfs->Find("diff_ids");
  if (diff_ids == nullptr || diff_ids->items().size() != layers->items().size()) {
    return layout.Damaged("its configuration does not fit its layers");
  }
  if (parsed->StringAt("os") != "linux" || parsed->StringAt("architecture") != architecture) {
    return layout.Damaged("is for " + parsed->StringAt("os") + "/" + parsed->StringAt("architecture") + ", the program for linux/" +
                          std::string(architecture));
  }
  for (const Json& layer : layers->items()) {
    Result<std::string> bytes = layout.ReadBlob(layer);
    if (!bytes.ok()) return bytes.error();
    image.layers.push_back(
        {OciLayerType(layer.StringAt("mediaType")), layer.StringAt("digest").substr(sizeof(kDigestHead) - 1), std::move(bytes.value())});
  }
  return image;
}

}  // namespace

Result<BaseImage> ReadBase(const std::string& place, std::string_view architecture) {
  std::string path = place, tag;
  struct stat info;
  if (const size_t colon = place.find(':'); stat(place.c_str(), &info) != 0 && colon != std::string::npos) {
    path = place.substr(0, colon);
    tag = place.substr(colon + 1);
  }
  const Result<Layout> layout = Layout::Open(path);
  if (!layout.ok()) return layout.error();
  const Result<std::string> index = layout.value().Read("index.json");
  if (!index.ok()) return index.error();
  Finder finder(layout.value(), architecture, tag);
  if (Result<Done> looked = finder.Look(index.value(), "", 0); !looked.ok()) return looked.error();
  const Result<Found> found = finder.TheOne();
  if (!found.ok()) return found.error();
  return ReadImage(layout.value(), found.value(), architecture);
}

}  // namespace dv8
