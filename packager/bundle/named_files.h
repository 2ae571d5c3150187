// The files that code finds beside itself without importing them: each package.json of its package, and
// what its sources name by literal paths (`join(__dirname, 'views/a.html')`,
// `new URL('./a.wasm', import.meta.url)`, `new Worker('./worker.js')`). They are embedded.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "packager/bundle/whole_packages.h"
#include "runtime/payload/result.h"

namespace dv8 {

// What a file does with require() and import() that esbuild does not follow.
enum class Loads {
  kNames,     // Nothing: it loads by name.
  kComputes,  // It computes names.
  kImports,   // It computes names of import(), which finds other files of a package than require() does.
  kPassesOn,  // It gives its require() to functions, as UMD modules do.
};

// The paths, relative to the source's own folder, that `source` names: strings that begin with
// "./" or "../", and those that follow __dirname, import.meta.dirname or a constant that is made of these, or stand
// before import.meta.url. A "*" stands for what only the running code knows, a "{{name}}" in a string too. Nothing for a
// source that neither asks where it lies nor loads in ways that esbuild does not follow.
std::set<std::string> PathsNamedIn(std::string_view source, Loads loads);

// Those of the paths behind an own folder's name that `source` gives to a function which loads modules, by its name.
std::set<std::string> FoldersLoadedIn(std::string_view source);

// The packages that `source`, which makes itself a require() by createRequire(), asks for by name.
std::set<std::string> PackagesRequiredIn(std::string_view source);

// The packages, and files of packages, that `source` asks for by require.resolve(), import.meta.resolve() or the
// function of npm's `resolve`: it loads or reads them.
std::set<std::string> PackagesResolvedIn(std::string_view source);

// The packages in whose folder `source` looks for more than what their names stand for: by the folder of what
// require.resolve() finds there, or by "..".
std::set<std::string> PackageFoldersIn(std::string_view source);

// The files of packages that `source` names by their paths below node_modules.
std::set<std::string> PathsIntoPackagesIn(std::string_view source);

// Whether `source` has its import() in a text, as code for CommonJS has that is to keep compilers from making a
// require() of it.
bool HidesImport(std::string_view source);

// The files of packages that calls of require(), import() and require.resolve() in `source` name by patterns, with a "*"
// for what only the running code knows: "dayjs/locale/*.js".
std::set<std::string> PackagePatternsIn(std::string_view source);

// The JSON files of packages among the string literals of `source`.
std::set<std::string> JsonOfPackagesIn(std::string_view source);

// The packages, and files of packages, among the string literals of `source`.
std::set<std::string> PackagesNamedIn(std::string_view source);

// Whether `source` calls require.resolve() with a computed name.
bool ResolvesComputed(std::string_view source);

// A script that does nothing but load what `source` loads by literal names.
std::string LoadsIn(std::string_view source);

// The literal path behind an own folder's name that ends at `at`: `, 'a', 'b'` of a call, `+ '/a'`, or the rest of a
// template; "/*" stands for a part that only the running code knows. Empty when none of it is literal.
std::string PathAfter(std::string_view source, size_t at);

struct FilesBeside {
  std::vector<std::string> all;   // Absolute, sorted.
  std::vector<std::string> code;  // Those of `all` that are modules and named by themselves, not
                                  // with their folder.
  // By file, the packages that its own require() asks for, or may ask for by computed names.
  std::map<std::string, std::set<std::string>> packages;
  std::map<std::string, std::set<std::string>> imported;  // The same for its import().
  std::vector<WholePackage> whole;                        // Their files are in `all`, unless they are too large.
};

// What belongs to a program of `inputs` (the files that esbuild follows, absolute) below `root`. `entry`, one of them, may
// give the names of its modules to what loads them, and, when it is a package's, of those packages that this declares;
// the program's own files may give those of packages that it declares;
// packages that compute names may mean those that they declare. `loads`
// has those of them that do not only load by name. Whole folders are taken unless the naming file lies in them, or the
// user has `chosen` (absolute paths) what goes in of it; node_modules, .git and what is no ordinary file never are.
FilesBeside FindFilesBeside(const std::vector<std::string>& inputs, const std::map<std::string, Loads>& loads, const std::string& root,
                            const std::vector<std::string>& chosen, const std::string& entry);

// Whether a file has nothing but declarations of types, by its name.
bool IsDeclaration(std::string_view path);

// Whether a file is a module, by its name.
bool IsModuleFile(std::string_view path);

// The nearest package.json above `file`, absolute; empty when there is none.
std::string PackageJsonOf(const std::string& file);

}  // namespace dv8
