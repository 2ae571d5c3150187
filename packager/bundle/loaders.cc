#include "packager/bundle/loaders.h"

#include "packager/bundle/data_files.h"

namespace dv8 {
namespace {

// Beside esbuild's own defaults.
constexpr const char* kLoaders[] = {
    ".md=text",   ".html=text", ".css=text",  ".sql=text", ".graphql=text", ".bin=binary", ".wasm=binary", ".png=file", ".jpg=file",
    ".jpeg=file", ".gif=file",  ".webp=file", ".ico=file", ".svg=file",     ".woff=file",  ".woff2=file",  ".ttf=file", ".pdf=file",
};

}  // namespace

LoadersByEnding ScriptLoaders(const BundleOptions& options) {
  LoadersByEnding loaders = {{".jsx", "jsx"}, {".ts", "ts"}, {".mts", "ts"}, {".cts", "ts"}, {".tsx", "tsx"}};
  for (const std::string& loader : options.loaders) {
    const size_t equals = loader.find('=');
    loaders[loader.substr(0, equals)] = loader.substr(equals + 1);
  }
  return loaders;
}

LoadersByEnding FileLoaders(const BundleOptions& options) {
  LoadersByEnding loaders = ScriptLoaders(options);
  loaders.insert({{".json", "json"}, {".txt", "text"}});
  for (const std::string& ending : DataEndings()) loaders.emplace(ending, "json");
  for (const std::string_view loader : kLoaders) {
    const size_t equals = loader.find('=');
    loaders.emplace(loader.substr(0, equals), loader.substr(equals + 1));
  }
  return loaders;
}

static LoadersByEnding::const_iterator FindLoader(std::string_view file, const LoadersByEnding& loaders) {
  const std::string_view name = file.substr(file.rfind('/') + 1);
  for (size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const auto found = loaders.find(name.substr(dot));
    if (found != loaders.end()) return found;
  }
  return loaders.end();
}

std::string LoaderOf(std::string_view file, const LoadersByEnding& loaders) {
  const auto found = FindLoader(file, loaders);
  return found == loaders.end() ? "js" : found->second;
}

bool HasLoader(std::string_view file, const LoadersByEnding& loaders) { return FindLoader(file, loaders) != loaders.end(); }

std::vector<std::string> LoaderFlags(const BundleOptions& options) {
  std::vector<std::string> flags;
  for (const char* loader : kLoaders) flags.push_back(std::string("--loader:") + loader);
  for (const std::string& loader : options.loaders) flags.push_back("--loader:" + loader);
  return flags;
}

}  // namespace dv8
