// What `dv8pack image` is told about an image, and how these words are read.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "packager/image/blob.h"
#include "runtime/payload/result.h"

namespace dv8 {

// Of people who need no rights: what images without a user of their own run as.
inline constexpr uint32_t kNonroot = 65532;

// A name that registries and Docker know: "host:5000/team/app:1.0".
struct Reference {
  std::string name;  // As it is written, without the tag.
  std::string tag;

  std::string Text() const { return name + ":" + tag; }
  // With Docker's own registry where it names none: docker.io/library/app:1.0.
  std::string FullText() const;
};

struct FileToCopy {
  std::string source;  // A file or folder here.
  std::string target;  // An absolute path in the image, without a slash at its end.
};

struct ImageOptions {
  Reference reference;             // Its name is empty when nobody named it.
  std::vector<std::string> ports;  // "8080/tcp"
  std::vector<std::string> env;    // NAME=VALUE
  std::map<std::string, std::string> labels;
  std::vector<FileToCopy> files;
  std::string workdir;  // Empty: the base's, or /.
  std::string user;     // Empty: the base's, or kNonroot.
  std::string base;     // A folder or an archive; empty for none.
  Compression compression = Compression::kGzip;
};

// "NAME[:TAG]" (the distribution specification's grammar, as Docker checks it).
Result<Reference> ParseReference(const std::string& text);
// A reference for a program of that name: lower case, and dashes for what no name may have.
Reference ReferenceFor(const std::string& name);

// "8080", "8080/tcp" or "53/udp" → with its protocol.
Result<std::string> ParsePort(const std::string& text);
// "SOURCE:TARGET"; a target that ends with a slash is a folder for it.
Result<FileToCopy> ParseFileToCopy(const std::string& text);
// A NAME=VALUE of `option`; the name is not empty.
Result<std::pair<std::string, std::string>> ParsePair(const std::string& option, const std::string& text);

struct UserIds {
  uint32_t uid = kNonroot;
  uint32_t gid = kNonroot;
};
// "UID", "UID:GID", "root" or "nonroot": those that an image without a base has.
Result<UserIds> ParseUser(const std::string& text);

}  // namespace dv8
