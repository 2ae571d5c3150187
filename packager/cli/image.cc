#include "packager/cli/image.h"

#include <algorithm>
#include <map>
#include <utility>

#include "packager/bundle/json.h"
#include "packager/image/source.h"
#include "packager/process/files.h"
#include "packager/process/source_date.h"
#include "packager/sbom/sbom.h"
#include "runtime/core/version.h"

namespace dv8 {
namespace {

Result<Bill> MakeBill(const Install& install, const PackedApp& app, const std::string& name) {
  const Result<int64_t> time = SourceDate();
  if (!time.ok()) return time.error();
  Bill bill;
  bill.name = name;
  bill.dv8pack_version = kVersion;
  bill.sha256 = Sha256(app.executable);
  bill.time = time.value();
  ProgramPackages packages = PackagesOf(app);
  bill.program = std::move(packages.program);
  bill.packages = std::move(packages.packages);
  if (app.has_node_library) {
    Result<std::vector<NpmPackage>> carried = ReadLockedPackages(install.npm_lock);
    if (!carried.ok()) return carried.error();
    for (NpmPackage& package : carried.value()) {
      const bool is_known = std::any_of(bill.packages.begin(), bill.packages.end(),
                                        [&](const NpmPackage& one) { return one.name == package.name && one.version == package.version; });
      if (!is_known) bill.packages.push_back(std::move(package));
    }
  }
  const EngineKind kind = app.runtime == Template::kFull ? EngineKind::kFull : EngineKind::kSmall;
  Result<std::vector<EnginePart>> engine = ReadEngineParts(install.snapshot, kind, app.has_node_library);
  if (!engine.ok()) return engine.error();
  bill.engine = std::move(engine.value());
  return bill;
}

// Programs of the full template have OpenSSL, which looks for authorities in a file.
Result<std::string> CertificatesFor(const Install& install, const PackedApp& app) {
  return app.runtime == Template::kFull ? ReadFile(install.certificates) : std::string();
}

}  // namespace

ProgramPackages PackagesOf(const PackedApp& app) { return FindNpmPackages(app.entry_file, app.input_files); }

Result<std::vector<SbomFile>> MakeSboms(const Options& options, const Install& install, const PackedApp& app, const std::string& name) {
  std::vector<SbomFile> files;
  if (options.sboms.empty()) return files;
  const Result<Bill> bill = MakeBill(install, app, name);
  if (!bill.ok()) return bill.error();
  for (const std::string& path : options.sboms) {
    const SbomFormat format = *SbomFormatOf(path);
    files.push_back({path, WriteSbom(bill.value(), format), SbomMediaType(format)});
  }
  return files;
}

Result<Image> MakeAppImage(const Options& options, const Install& install, const PackedApp& app, const std::string& name,
                           const std::vector<SbomFile>& sboms) {
  const Result<int64_t> time = SourceDate();
  if (!time.ok()) return time.error();
  ImageInput input;
  input.options = options.image;
  input.name = name;
  input.executable = app.executable;
  input.annotations = SourceAnnotations(app.entry_file, name);
  input.time = time.value();
  Result<std::string> certificates = CertificatesFor(install, app);
  if (!certificates.ok()) return certificates.error();
  input.certificates = std::move(certificates.value());
  for (const SbomFile& sbom : sboms) {
    input.referrers.push_back({sbom.media_type, sbom.path.substr(sbom.path.rfind('/') + 1), sbom.text});
  }
  return MakeImage(input);
}

Result<Machine> MakeAppMachine(const Options& options, const Install& install, const PackedApp& app, const std::string& name) {
  const Result<int64_t> time = SourceDate();
  if (!time.ok()) return time.error();
  Result<std::string> init = ReadFile(install.init);
  if (!init.ok()) return init.error();
  const Result<std::string> certificates = CertificatesFor(install, app);
  if (!certificates.ok()) return certificates.error();
  return MakeMachine({options.machine, name, app.executable, std::move(init.value()), certificates.value(), time.value()});
}

std::string MachineJson(const Machine& machine) { return JsonObject().AddRaw("modules", JsonStrings(machine.modules)).Text(); }

std::string ImageJson(const Image& image) {
  return JsonObject()
      .AddString("name", image.reference.Text())
      .AddString("digest", image.digest)
      .AddString("config", image.config_digest)
      .AddRaw("layers", JsonStrings(image.layers))
      .AddRaw("size", std::to_string(image.size))
      .Text();
}

}  // namespace dv8
