#include "packager/icu/cut.h"

#include <cctype>

#include "packager/bundle/suggest.h"
#include "packager/icu/package.h"
#include "packager/icu/resource.h"

namespace dv8 {
namespace {

constexpr std::string_view kLocaleTable = "InstalledLocales";
constexpr std::string_view kEnding = ".res";

// Folders whose files are one a locale. The top folder is "".
constexpr std::string_view kTrees[] = {"", "brkitr", "coll", "curr", "lang", "rbnf", "region", "unit", "zone"};

// Nothing in V8 or in the library opens these.
constexpr std::string_view kNeverAsked[] = {
    "confusables.cfu", "nfkc_scf.nrm",     "ulayout.icu",      "unames.icu",
    "uts46.nrm",       "windowsZones.res", "brkitr/title.brk", "brkitr/word_POSIX.brk",
};

// Converters of the Encoding Standard's single-byte encodings: small, and in no locale's name.
constexpr std::string_view kConverters[] = {
    "cnvalias.icu",           "ibm-866_P100-1995.cnv",  "ibm-878_P100-1996.cnv",  "ibm-912_P100-1995.cnv",  "ibm-913_P100-2000.cnv",
    "ibm-914_P100-1995.cnv",  "ibm-915_P100-1995.cnv",  "ibm-1089_P100-1995.cnv", "ibm-1168_P100-2002.cnv", "ibm-1250_P100-1995.cnv",
    "ibm-5346_P100-1998.cnv", "ibm-5347_P100-1998.cnv", "ibm-5348_P100-1997.cnv", "ibm-5349_P100-1998.cnv", "ibm-5350_P100-1998.cnv",
    "ibm-5354_P100-1998.cnv", "ibm-9447_P100-2002.cnv", "ibm-9448_X100-2005.cnv", "ibm-9449_P100-2002.cnv", "ibm-813_P100-1995.cnv",
    "ibm-4909_P100-1999.cnv", "ibm-9005_X110-2007.cnv", "ibm-916_P100-1995.cnv",  "ibm-5012_P100-1999.cnv", "ibm-920_P100-1995.cnv",
    "ibm-921_P100-1995.cnv",  "ibm-901_P100-1999.cnv",  "ibm-923_P100-1998.cnv",  "iso-8859_10-1998.cnv",   "iso-8859_14-1998.cnv",
    "iso-8859_16-2001.cnv",   "macos-0_2-10.2.cnv",     "macos-7_3-10.2.cnv",     "windows-874-2000.cnv",
};

constexpr std::string_view kFull = "full";

// In a list of locales: the converters of all languages.
constexpr std::string_view kEncodings = "encodings";

// What a language brings besides its own files.
struct Companion {
  std::string_view language;
  std::string_view item;
};
constexpr Companion kCompanions[] = {
    {"my", "brkitr/burmesedict.dict"}, {"km", "brkitr/khmerdict.dict"},  {"lo", "brkitr/laodict.dict"},
    {"th", "brkitr/thaidict.dict"},    {"ja", "brkitr/cjdict.dict"},     {"zh", "brkitr/cjdict.dict"},
    {"yue", "brkitr/cjdict.dict"},     {"ja", "brkitr/line_cj.brk"},     {"zh", "brkitr/line_cj.brk"},
    {"yue", "brkitr/line_cj.brk"},     {"ja", "ibm-943_P15A-2003.cnv"},  {"ja", "ibm-33722_P12A_P12A-2009_U2.cnv"},
    {"ja", "euc-jp-2007.cnv"},         {"ja", "jisx-212.cnv"},           {"zh", "windows-936-2000.cnv"},
    {"zh", "gb18030-2022.cnv"},        {"zh", "windows-950-2000.cnv"},   {"ko", "windows-949-2000.cnv"},
    {"zh", "ibm-1373_P100-2002.cnv"},  {"zh", "ibm-1386_P100-2001.cnv"}, {"ko", "ibm-970_P110_P110-2006_U2.cnv"},
    {"fi", "brkitr/word_fi_sv.brk"},   {"sv", "brkitr/word_fi_sv.brk"},  {"el", "brkitr/sent_el.brk"},
};

std::string_view Tree(std::string_view item) {
  const size_t slash = item.find('/');
  return slash == std::string_view::npos ? "" : item.substr(0, slash);
}

std::string Item(std::string_view tree, std::string_view name) { return (tree.empty() ? "" : std::string(tree) + "/") + std::string(name); }

// "pt_BR" of "zone/pt_BR.res".
std::string_view BaseName(std::string_view item) {
  const size_t slash = item.find('/');
  std::string_view name = slash == std::string_view::npos ? item : item.substr(slash + 1);
  if (name.ends_with(kEnding)) name.remove_suffix(kEnding.size());
  return name;
}

std::string_view Language(std::string_view locale) { return locale.substr(0, locale.find('_')); }

// Locales are named by a language of two or three letters; other files have longer names.
bool IsLocale(std::string_view name) {
  const std::string_view language = Language(name);
  if (name == "res_index") return false;
  if (language.size() < 2 || language.size() > 3) return false;
  for (const char c : language) {
    if (c < 'a' || c > 'z') return false;
  }
  return true;
}

// "zh_Hant_TW" for "zh-hant-tw".
std::string Canonical(std::string_view tag) {
  std::string out;
  while (!tag.empty()) {
    const size_t end = tag.find_first_of("-_");
    std::string part(tag.substr(0, end));
    tag = end == std::string_view::npos ? "" : tag.substr(end + 1);
    for (char& c : part) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (!out.empty() && part.size() == 4) {
      part[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(part[0])));
    } else if (!out.empty() && part.size() < 4) {
      for (char& c : part) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
    }
    out += (out.empty() ? "" : "_") + part;
  }
  return out;
}

class Cutter {
 public:
  explicit Cutter(const IcuPackage& package) : package_(package), items_(package.Names()) {}

  // Adds a locale that the user names. The error is the hint of the nearest name.
  Result<Done> Request(std::string_view tag) {
    if (tag == kEncodings) {
      all_encodings_ = true;
      return Done{};
    }
    const std::string locale = Canonical(tag);
    if (locale == "root") return Done{};
    if (!IsLocale(locale) || !package_.Has(locale + ".res")) {
      std::vector<std::string> names;
      for (const std::string& item : items_) {
        if (Tree(item).empty() && IsLocale(BaseName(item))) names.emplace_back(BaseName(item));
      }
      std::string near = NearestName(locale, names);
      if (const std::string language(Language(locale)); near.empty() && package_.Has(language + ".res")) {
        near = language;
      }
      for (char& c : near) c = c == '_' ? '-' : c;
      return UsageError("--icu: there is no locale '" + std::string(tag) + "' in ICU's data",
                        near.empty() ? "" : "did you mean '" + near + "'?");
    }
    Keep(locale);
    if (locale == Language(locale)) {
      for (const std::string& item : items_) {
        if (Tree(item).empty() && item.ends_with(kEnding) && Language(BaseName(item)) == locale) {
          Keep(std::string(BaseName(item)));
        }
      }
    }
    return Done{};
  }

  std::vector<std::byte> Cut() const {
    std::set<std::string> names;
    std::map<std::string, std::vector<std::byte>> changed;
    for (const std::string& item : items_) {
      if (IsKept(item)) names.insert(item);
    }
    for (const std::string_view tree : kTrees) {
      const std::string index = Item(tree, "res_index.res");
      if (!package_.Has(index)) continue;
      changed[index] = Resource(tree, index).WithTableKeys(kLocaleTable, locales_);
    }
    return package_.Write(names, changed);
  }

 private:
  IcuResource Resource(std::string_view tree, const std::string& item) const {
    return IcuResource(package_.Find(item), package_.Find(Item(tree, "pool.res")));
  }

  // Keeps a locale, what it is an alias of, and what it inherits from.
  void Keep(const std::string& locale) {
    if (locale.empty() || locale == "root" || !locales_.insert(locale).second) return;
    for (const std::string_view tree : kTrees) {
      const std::string item = Item(tree, locale + ".res");
      if (!package_.Has(item)) continue;
      const IcuResource resource = Resource(tree, item);
      Keep(resource.RootString("%%ALIAS"));
      Keep(resource.RootString("%%Parent"));
    }
    if (const size_t last = locale.rfind('_'); last != std::string::npos) {
      Keep(locale.substr(0, last));
    }
  }

  bool IsKept(const std::string& item) const {
    for (const std::string_view never : kNeverAsked) {
      if (item == never) return false;
    }
    for (const Companion& companion : kCompanions) {
      if (item != companion.item) continue;
      if (locales_.contains(std::string(companion.language)) || (all_encodings_ && item.ends_with(".cnv"))) return true;
    }
    if (item.ends_with(".cnv")) {
      for (const std::string_view converter : kConverters) {
        if (item == converter) return true;
      }
      return false;
    }
    if (item.ends_with(".spp") || item.starts_with("translit/")) return false;
    if (Tree(item) == "brkitr" && !item.ends_with(kEnding)) {
      return item == "brkitr/char.brk" || item == "brkitr/word.brk" || item == "brkitr/sent.brk" || item == "brkitr/line.brk";
    }
    const std::string name(BaseName(item));
    return !item.ends_with(kEnding) || !IsLocale(name) || locales_.contains(name);
  }

  const IcuPackage& package_;
  const std::set<std::string> items_;
  std::set<std::string> locales_;
  bool all_encodings_ = false;
};

}  // namespace

Result<std::vector<std::byte>> CutIcuData(std::span<const std::byte> full, std::string_view locales) {
  const Result<IcuPackage> package = IcuPackage::Parse(full);
  if (!package.ok()) return package.error();
  if (locales == kFull) return package.value().Write(package.value().Names(), {});
  Cutter cutter(package.value());
  while (!locales.empty()) {
    const size_t comma = locales.find(',');
    const std::string_view tag = locales.substr(0, comma);
    locales = comma == std::string_view::npos ? "" : locales.substr(comma + 1);
    if (tag.empty()) continue;
    if (Result<Done> known = cutter.Request(tag); !known.ok()) return known.error();
  }
  return cutter.Cut();
}

}  // namespace dv8
