// icu_cut FULL LOCALES OUT: writes a cut of ICU's data, for the build of the distribution.
#include <cstdio>
#include <span>
#include <string>

#include "packager/icu/cut.h"
#include "packager/process/files.h"

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fputs("usage: icu_cut FULL LOCALES OUT\n", stderr);
    return 2;
  }
  const dv8::Result<std::string> full = dv8::ReadFile(argv[1]);
  if (!full.ok()) return std::fprintf(stderr, "%s\n", full.error().ToString().c_str()), 1;
  const auto cut = dv8::CutIcuData(dv8::AsBytes(full.value()), argv[2]);
  if (!cut.ok()) return std::fprintf(stderr, "%s\n", cut.error().ToString().c_str()), 1;
  const auto* bytes = reinterpret_cast<const char*>(cut.value().data());
  const dv8::Result<dv8::Done> written = dv8::WriteFile(argv[3], {bytes, cut.value().size()});
  if (!written.ok()) return std::fprintf(stderr, "%s\n", written.error().ToString().c_str()), 1;
  return 0;
}
