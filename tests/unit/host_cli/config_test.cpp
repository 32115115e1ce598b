#include "host/cli/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "host/cli/machine.h"

namespace pf::host {
namespace {

using testing::HasSubstr;

std::string read(const std::string& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Config, an_empty_file_gives_the_defaults) {
  const auto config = parse_config("", "host.toml");
  ASSERT_TRUE(config);
  EXPECT_EQ(config->network.listen, "[::]:47900");
  EXPECT_EQ(config->session.grace, std::chrono::milliseconds{2000});
  EXPECT_FALSE(config->name.empty());
}

TEST(Config, the_documented_file_says_the_defaults) {
  const auto documented = parse_config(read(PUNKTFUNK_SOURCE_DIR "/packaging/host.toml"), "packaging/host.toml");
  ASSERT_TRUE(documented) << documented.error().message;
  const HostConfig defaults;
  EXPECT_EQ(documented->network.listen, defaults.network.listen);
  EXPECT_EQ(documented->network.max_clients, defaults.network.max_clients);
  EXPECT_EQ(documented->network.max_datagram, defaults.network.max_datagram);
  EXPECT_EQ(documented->discovery.enabled, defaults.discovery.enabled);
  EXPECT_EQ(documented->pairing.window, defaults.pairing.window);
  EXPECT_EQ(documented->pairing.attempts, defaults.pairing.attempts);
  EXPECT_EQ(documented->session.grace, defaults.session.grace);
  EXPECT_EQ(documented->video.max_bitrate, defaults.video.max_bitrate);
  EXPECT_EQ(documented->video.encoder_threads, defaults.video.encoder_threads);
  EXPECT_EQ(documented->video.fec_floor, defaults.video.fec_floor);
  EXPECT_EQ(documented->video.fec_cap, defaults.video.fec_cap);
  EXPECT_EQ(documented->audio.enabled, defaults.audio.enabled);
  EXPECT_EQ(documented->gamestream.enabled, defaults.gamestream.enabled);
  EXPECT_EQ(documented->gamestream.port, defaults.gamestream.port);
  EXPECT_EQ(documented->gamestream.other_clients, defaults.gamestream.other_clients);
  EXPECT_EQ(documented->keyboard.layout, defaults.keyboard.layout);
  EXPECT_EQ(documented->log.level, defaults.log.level);
}

TEST(Config, every_key_is_documented) {
  std::istringstream lines(read(PUNKTFUNK_SOURCE_DIR "/packaging/host.toml"));
  std::vector<std::string> documented;
  std::string line;
  std::string section;
  while (std::getline(lines, line)) {
    if (line.starts_with("[")) section = line.substr(1, line.find(']') - 1) + ".";
    // A key whose default depends on the machine stands there as a comment.
    if (line.starts_with("#") && !line.starts_with("# ")) line.erase(0, 1);
    const auto equals = line.find(" = ");
    if (equals != std::string::npos && !line.starts_with("#")) documented.push_back(section + line.substr(0, equals));
  }
  EXPECT_THAT(documented, testing::UnorderedElementsAreArray(config_keys()));
}

TEST(Config, an_unknown_key_is_named_with_its_line) {
  const auto config = parse_config("[video]\n\nfecfloor = 0.1\n", "host.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().message, "host.toml:3: there is no setting 'video.fecfloor'");
}

TEST(Config, wrong_types_and_ranges_are_refused_with_what_would_be_right) {
  EXPECT_EQ(parse_config("[audio]\nenabled = 1\n", "f").error().message, "f:2: audio.enabled must be true or false");
  EXPECT_EQ(parse_config("[network]\nmax_clients = 0\n", "f").error().message,
            "f:2: network.max_clients must be a whole number from 1 to 64");
  EXPECT_THAT(parse_config("[log]\nlevel = \"loud\"\n", "f").error().message, HasSubstr("must be one of \"trace\""));
  EXPECT_THAT(parse_config("[video]\nfec_floor = nan\n", "f").error().message, HasSubstr("0.0 to 4.0"));
  EXPECT_THAT(parse_config("network = 3\n", "f").error().message, HasSubstr("there is no setting 'network'"));
  EXPECT_THAT(parse_config("[video]\nfec_floor = 0.9\nfec_cap = 0.2\n", "f").error().message, HasSubstr("below"));
}

TEST(Config, gamestreams_ports_leave_room_for_each_other) {
  EXPECT_EQ(parse_config("[gamestream]\nport = 0\n", "f")->gamestream.port, 0);
  EXPECT_EQ(parse_config("[gamestream]\nport = 1029\n", "f")->gamestream.port, 1'029);
  EXPECT_EQ(parse_config("[gamestream]\nport = 65514\n", "f")->gamestream.port, 65'514);
  for (const auto* port : {"1028", "65515", "-1", "\"47989\""}) {
    const auto config = parse_config("[gamestream]\nport = " + std::string(port) + "\n", "f");
    ASSERT_FALSE(config) << port;
    EXPECT_THAT(config.error().message, HasSubstr("0 or a whole number from 1029 to 65514"));
  }
}

TEST(Machine, an_address_of_no_network_card_has_no_hardware_address) {
  for (const auto* ip : {"127.0.0.1", "::1", "203.0.113.1", "", "nonsense"}) EXPECT_EQ(hardware_address(ip), "") << ip;
}

TEST(Config, a_syntax_error_is_named_with_its_line) {
  const auto config = parse_config("name = \"a\"\n[network\n", "host.toml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::StartsWith("host.toml:2:"));
}

TEST(Config, a_control_character_is_named_with_its_line) {
  const auto config = parse_config(std::string("name = \"a\"\n\n[\0]\n", 16), "host.toml");
  ASSERT_FALSE(config);
  EXPECT_THAT(config.error().message, testing::StartsWith("host.toml:3:"));
}

TEST(Config, a_table_whose_name_begins_badly_is_an_error_like_any_other) {
  for (const auto* text : {"[.", "[.a]", "[[.a]]", "[=]", "[", "[[", "a = {.b = 1}", "a..b = 1"}) {
    const auto config = parse_config(text, "host.toml");
    ASSERT_FALSE(config) << text;
    EXPECT_EQ(config.error().code, ErrorCode::malformed);
  }
}

TEST(Config, letters_beyond_ascii_are_kept_within_quotes) {
  const auto name = [](const std::string& text) { return parse_config(text, "host.toml").value().name; };
  EXPECT_EQ(name("name = \"Büro 🙂\" # größer\n"), "Büro 🙂");
  EXPECT_EQ(name("name = 'Λ~7e~~'"), "Λ~7e~~");
  EXPECT_EQ(name("name = \"\"\"\nΛ\\\n  Λ\"\"\""), "ΛΛ");
  EXPECT_EQ(name("name = \"\\u00fc\""), "ü");
  EXPECT_EQ(name("\xEF\xBB\xBFname = \"a\"\n"), "a");
  EXPECT_EQ(name("name = \"Büro\"\r\nlog.level = \"warn\"\r\n"), "Büro");
}

TEST(Config, letters_beyond_ascii_are_refused_outside_quotes) {
  for (const auto* text : {"\nΛ", "\nname = Büro", "\nbüro = 1", "\n[büro]", "\nname = \"a\" ü", "\nname = 4\"ü\"",
                           "\nname = \"\\\\\"Λ", "\nname = \"\"\"\\ʿ", "\n\"büro\" = 1", "\n# \xFF"}) {
    const auto config = parse_config(text, "host.toml");
    ASSERT_FALSE(config) << text;
    EXPECT_THAT(config.error().message, testing::StartsWith("host.toml:2:")) << text;
  }
  EXPECT_THAT(parse_config("'büro' = 1", "host.toml").error().message, testing::HasSubstr("'büro'"));
}

TEST(Config, a_missing_file_is_said_plainly) {
  const auto config = load_config("/nonexistent/host.toml");
  ASSERT_FALSE(config);
  EXPECT_EQ(config.error().code, ErrorCode::not_found);
  EXPECT_THAT(config.error().message, HasSubstr("/nonexistent/host.toml"));
}

}  // namespace
}  // namespace pf::host
