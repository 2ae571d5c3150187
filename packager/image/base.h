// --base: the image that a program's layer comes on top of.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "runtime/payload/result.h"

namespace dv8 {

struct BaseLayer {
  std::string media_type;
  std::string digest;  // Hexadecimal digits.
  std::string bytes;
};

struct BaseImage {
  std::string digest;  // Of its manifest, in hexadecimal digits.
  std::string name;    // What the layout calls it; empty when it does not.
  std::string config;  // Its configuration, an object of JSON; in the form of the OCI image specification.
  std::vector<BaseLayer> layers;
};

// The one image for `architecture` of Linux at `place`: an OCI image layout, which is a folder or a tar archive of one, with
// ":TAG" behind it when it has several. All digests are checked.
Result<BaseImage> ReadBase(const std::string& place, std::string_view architecture);

}  // namespace dv8
