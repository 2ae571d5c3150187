// Cuts ICU's real data.
#include "packager/icu/cut.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <cstddef>

#include "packager/icu/package.h"
#include "packager/icu/resource.h"
#include "packager/process/files.h"
#include "runtime/payload/icu_item.h"

namespace dv8 {
namespace {

const std::string& Full() {
  static const std::string* full = new std::string(ReadFile(getenv("ICU_DATA")).value());
  return *full;
}

std::vector<std::string> Locales(const IcuPackage& package, const std::string& tree) {
  return IcuResource(package.Find(tree + "res_index.res"), package.Find(tree + "pool.res")).TableKeys("InstalledLocales");
}

bool Has(const std::vector<std::string>& list, const std::string& item) { return std::find(list.begin(), list.end(), item) != list.end(); }

TEST(IcuPackageTest, WritesWhatItReads) {
  const auto package = IcuPackage::Parse(AsBytes(Full()));
  ASSERT_TRUE(package.ok()) << package.error().text;
  const std::set<std::string> names = package.value().Names();
  EXPECT_EQ(names.size(), 4136u);
  const auto written = package.value().Write(names, {});
  const auto again = IcuPackage::Parse(written);
  ASSERT_TRUE(again.ok());
  EXPECT_LT(written.size(), Full().size() * 6 / 10);
  for (const std::string& name : names) {
    const auto bytes = package.value().Find(name);
    const auto other = again.value().Find(name);
    ASSERT_FALSE(other.empty()) << name;
    // The padding after an item counts as a part of it.
    ASSERT_LE(std::max(bytes.size(), other.size()) - std::min(bytes.size(), other.size()), 15u);
    const size_t size = std::min(bytes.size(), other.size());
    ASSERT_TRUE(std::equal(other.begin(), other.begin() + size, bytes.begin())) << name;
  }
}

TEST(IcuPackageTest, RefusesOtherFiles) {
  const std::string garbage(4096, 'x');
  EXPECT_EQ(IcuPackage::Parse(AsBytes(garbage)).error().text, "is no little-endian ICU data package of version 1");
  EXPECT_EQ(IcuPackage::Parse(AsBytes(Full()).first(20)).error().text, "the ICU data is damaged");
  EXPECT_EQ(IcuPackage::Parse(AsBytes(Full()).first(5000)).error().text, "the ICU data is damaged");
}

TEST(IcuPackageTest, FindsNothingInDamagedItems) {
  const auto cut = CutIcuData(AsBytes(Full()), "en");
  ASSERT_TRUE(cut.ok());
  const std::string name = "coll/ucadata.icu";
  const auto package = IcuPackage::Parse(cut.value());
  const size_t size = package.value().Find(name).size();
  ASSERT_GT(size, 500'000u);
  // Its head begins with these bytes; the block follows it.
  const PackedIcuItem head{.size = static_cast<uint32_t>(size), .packed_size = 0};
  const auto start = AsBytes(std::string_view(reinterpret_cast<const char*>(&head), offsetof(PackedIcuItem, packed_size)));
  std::vector<std::byte> damaged = cut.value();
  const auto at = std::search(damaged.begin(), damaged.end(), start.begin(), start.end());
  ASSERT_NE(at, damaged.end());
  std::fill_n(at + sizeof(PackedIcuItem), 1000, std::byte{0xFF});
  const auto other = IcuPackage::Parse(damaged);
  ASSERT_TRUE(other.ok());
  EXPECT_TRUE(other.value().Has(name));
  EXPECT_TRUE(other.value().Find(name).empty());
  EXPECT_FALSE(other.value().Find("root.res").empty());
}

// A cut of what lies packed, as the distribution has it, is the same as one of ICU's own file.
TEST(CutIcuDataTest, CutsPackedData) {
  const auto whole = CutIcuData(AsBytes(Full()), "full");
  ASSERT_TRUE(whole.ok());
  EXPECT_EQ(CutIcuData(whole.value(), "de,ja").value(), CutIcuData(AsBytes(Full()), "de,ja").value());
}

TEST(CutIcuDataTest, KeepsEnglish) {
  const auto cut = CutIcuData(AsBytes(Full()), "en");
  ASSERT_TRUE(cut.ok());
  EXPECT_LT(cut.value().size(), 1'800'000u);
  const auto package = IcuPackage::Parse(cut.value());
  ASSERT_TRUE(package.ok());
  for (const char* name : {"root.res", "en.res", "en_GB.res", "en_001.res", "pool.res", "zoneinfo64.res", "nfkc.nrm", "coll/ucadata.icu",
                           "brkitr/word.brk", "supplementalData.res", "uemoji.icu", "zone/tzdbNames.res"}) {
    EXPECT_FALSE(package.value().Find(name).empty()) << name;
  }
  for (const char* name : {"de.res", "translit/root.res", "brkitr/cjdict.dict", "unames.icu", "gb18030-2022.cnv", "lang/fr.res"}) {
    EXPECT_TRUE(package.value().Find(name).empty()) << name;
  }
  const auto locales = Locales(package.value(), "");
  EXPECT_TRUE(Has(locales, "en_US"));
  EXPECT_FALSE(Has(locales, "de"));
  EXPECT_FALSE(Has(Locales(package.value(), "lang/"), "de"));
  EXPECT_TRUE(Has(Locales(package.value(), "lang/"), "en"));
}

TEST(CutIcuDataTest, FollowsAliasesAndParents) {
  const auto cut = CutIcuData(AsBytes(Full()), "zh-TW,es-MX");
  ASSERT_TRUE(cut.ok());
  const auto package = IcuPackage::Parse(cut.value());
  ASSERT_TRUE(package.ok());
  for (const char* name : {"zh_TW.res", "zh_Hant_TW.res", "zh_Hant.res", "es_MX.res", "es_419.res", "es.res", "brkitr/cjdict.dict"}) {
    EXPECT_FALSE(package.value().Find(name).empty()) << name;
  }
  EXPECT_TRUE(package.value().Find("zh_Hans_CN.res").empty());
  EXPECT_TRUE(package.value().Find("es_AR.res").empty());
}

TEST(CutIcuDataTest, KeepsConvertersOfLanguages) {
  const auto cut = CutIcuData(AsBytes(Full()), "zh");
  ASSERT_TRUE(cut.ok());
  const auto package = IcuPackage::Parse(cut.value());
  ASSERT_TRUE(package.ok());
  EXPECT_FALSE(package.value().Find("gb18030-2022.cnv").empty());
  EXPECT_TRUE(package.value().Find("ibm-943_P15A-2003.cnv").empty());
}

TEST(CutIcuDataTest, KeepsAllConvertersForEncodings) {
  const auto cut = CutIcuData(AsBytes(Full()), "en,encodings");
  ASSERT_TRUE(cut.ok());
  const auto package = IcuPackage::Parse(cut.value());
  ASSERT_TRUE(package.ok());
  for (const char* name : {"gb18030-2022.cnv", "ibm-943_P15A-2003.cnv", "ibm-970_P110_P110-2006_U2.cnv", "windows-950-2000.cnv",
                           "ibm-33722_P12A_P12A-2009_U2.cnv"}) {
    EXPECT_FALSE(package.value().Find(name).empty()) << name;
  }
  EXPECT_TRUE(package.value().Find("ja.res").empty());
  EXPECT_TRUE(package.value().Find("brkitr/cjdict.dict").empty());
}

TEST(CutIcuDataTest, NamesAnUnknownLocale) {
  const auto cut = CutIcuData(AsBytes(Full()), "de,pt-XY");
  ASSERT_FALSE(cut.ok());
  EXPECT_EQ(cut.error().ToString(),
            "error: --icu: there is no locale 'pt-XY' in ICU's data\n"
            "  hint: did you mean 'pt'?");
}

TEST(CutIcuDataTest, IgnoresCase) { EXPECT_EQ(CutIcuData(AsBytes(Full()), "PT_br").value(), CutIcuData(AsBytes(Full()), "pt-BR").value()); }

}  // namespace
}  // namespace dv8
