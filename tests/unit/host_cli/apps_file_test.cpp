#include "host/cli/apps_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "host/cli/command_words.h"
#include "support/temporary_folder.h"

namespace pf::host {
namespace {

using gamestream::App;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

std::string wrong(const std::string& text) {
  const auto list = parse_apps(text, "/home/u", "apps.toml");
  return list ? std::string() : list.error().message;
}

TEST(CommandWords, are_what_stands_between_spaces_and_quotes_keep_together) {
  EXPECT_THAT(*command_words("  steam  -a\t'x y' \"p \\\"q\\\" \\n\" b\\ c '' d\"e\"f "),
              ElementsAre("steam", "-a", "x y", "p \"q\" \\n", "b c", "", "def"));
  EXPECT_THAT(*command_words("a; rm -rf $HOME | b > c `d` ~ *"),
              ElementsAre("a;", "rm", "-rf", "$HOME", "|", "b", ">", "c", "`d`", "~", "*"));
  EXPECT_TRUE(command_words(" ")->empty());
  EXPECT_FALSE(command_words("a 'b"));
  EXPECT_FALSE(command_words("a \"b"));
  EXPECT_FALSE(command_words("a\\"));
}

TEST(AppsFile, an_app_has_all_that_the_file_says) {
  const auto list = parse_apps(
      "[[app]]\nname = \"Büro\"\ncommand = [\"game\", \"a b\"]\nfolder = \"games\"\nbox_art = \"/art/b.png\"\n"
      "detached = true\nexit_ends_session = false\n[app.environment]\nA = \"~1\"\n"
      "[[app.prepare]]\ndo = \"one two\"\nundo = [\"three\"]\n[[app.prepare]]\nundo = \"four\"\n",
      "/home/u", "apps.toml");
  ASSERT_TRUE(list) << list.error().message;
  ASSERT_EQ(list->apps().size(), 2U);
  EXPECT_EQ(list->apps()[0].name, "Desktop");
  const App& app = list->apps()[1];
  EXPECT_EQ(app.name, "Büro");
  EXPECT_THAT(app.command, ElementsAre("game", "a b"));
  EXPECT_EQ(app.folder, "/home/u/games");
  EXPECT_EQ(app.box_art, "/art/b.png");
  EXPECT_TRUE(app.detached);
  EXPECT_FALSE(app.exit_ends_session);
  EXPECT_THAT(app.environment, ElementsAre(Pair("A", "~1")));
  ASSERT_EQ(app.prepare.size(), 2U);
  EXPECT_THAT(app.prepare[0].run, ElementsAre("one", "two"));
  EXPECT_THAT(app.prepare[0].undo, ElementsAre("three"));
  EXPECT_TRUE(app.prepare[1].run.empty());
}

TEST(AppsFile, the_documented_file_is_right) {
  std::ifstream in(PUNKTFUNK_SOURCE_DIR "/packaging/apps.toml");
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  const auto list = parse_apps(text, "/", "packaging/apps.toml");
  ASSERT_TRUE(list) << list.error().message;
  EXPECT_EQ(list->apps().size(), 3U);
}

TEST(AppsFile, what_is_wrong_is_named_with_its_line) {
  EXPECT_THAT(wrong("[[app]]\nname = 3\n"), HasSubstr("apps.toml:2: name must be text"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\ncmd = \"b\"\n"), HasSubstr("apps.toml:3: [[app]] has no 'cmd'"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\ncommand = \"b 'c\"\n"), HasSubstr("apps.toml:3: command has a quote"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\ncommand = [\"b\", 3]\n"),
              HasSubstr("command has a word that must be text"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\ncommand = [\"\"]\n"), HasSubstr("names no program"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\n[[app.prepare]]\nrun = \"b\"\n"),
              HasSubstr("[[app.prepare]] has no 'run'"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\nprepare = 3\n"), HasSubstr("apps.toml:3"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\nenvironment = { \"A=B\" = \"c\" }\n"), HasSubstr("proper name"));
  EXPECT_THAT(wrong("[[app]]\ncommand = \"b\"\n"), HasSubstr("an app without a name"));
  EXPECT_THAT(wrong("[[app]]\nname = \"a\"\n[[app]]\nname = \"a\"\n"), HasSubstr("two apps of the name \"a\""));
  EXPECT_THAT(wrong("app = 3\n"), HasSubstr("apps.toml:1"));
  EXPECT_THAT(wrong("other = 3\n"), HasSubstr("only [[app]]"));
  std::string many;
  for (int i = 0; i < 257; ++i) many += "[[app]]\nname = \"" + std::to_string(i) + "\"\n";
  EXPECT_THAT(wrong(many), HasSubstr("at most 256"));
}

TEST(AppsFile, a_change_counts_and_a_mistake_leaves_the_list_as_it_was) {
  const test::TemporaryFolder folder;
  const auto path = folder.path() / "apps.toml";
  std::vector<std::string> warnings;
  AppsFile file(path, [&](const std::string& sentence) { warnings.push_back(sentence); });
  EXPECT_EQ(file.list()->apps().size(), 1U) << "no file: the desktop";
  auto time = std::filesystem::file_time_type::clock::now();
  const auto write = [&](const std::string& text) {
    std::ofstream(path) << text;
    std::filesystem::last_write_time(path, time += std::chrono::seconds{1});
  };
  write("[[app]]\nname = \"a\"\n");
  EXPECT_EQ(file.list()->apps().size(), 2U);
  write("[[app]]\nname = \n");
  EXPECT_EQ(file.list()->apps().size(), 2U);
  EXPECT_EQ(file.list()->apps().size(), 2U);
  EXPECT_EQ(warnings.size(), 1U) << "once for each mistake";
  write("[[app]]\nname = \"a\"\n[[app]]\nname = \"b\"\n");
  EXPECT_EQ(file.list()->apps().size(), 3U);
}

}  // namespace
}  // namespace pf::host
