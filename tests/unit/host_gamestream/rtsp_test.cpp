#include <gtest/gtest.h>

#include "host/gamestream/rtsp/rtsp_dialogue.h"
#include "host/gamestream/rtsp/rtsp_message.h"

namespace pf::host::gamestream {
namespace {

using testing::Test;

RtspRequest request(const std::string& method, const std::string& target, const std::string& body = {}) {
  return {.method = method, .target = target, .headers = {{"CSeq", "7"}}, .body = body};
}

std::string header(const RtspResponse& response, const std::string& name) {
  for (const auto& [key, value] : response.headers)
    if (key == name) return value;
  return {};
}

RtspDialogue dialogue(StreamOffer offer = {.codecs = {VideoCodec::h264}}) {
  return {std::move(offer), {.video = 1, .control = 2, .audio = 3}, {.ping = "0123456789abcdef", .connect_data = 99}};
}

const std::string announcement =
    "v=0\r\na=x-nv-video[0].clientViewportWd:1280 \r\na=x-nv-video[0].clientViewportHt:720 \r\n"
    "a=x-nv-video[0].maxFPS:60 \r\nt=0 0\r\n";

TEST(Rtsp, a_request_is_taken_only_when_it_is_whole) {
  const std::string whole = "ANNOUNCE streamid=control/13/0 RTSP/1.0\r\nCSeq: 6\r\nContent-length: 4\r\n\r\nbody";
  for (std::size_t size = 0; size < whole.size(); ++size) {
    const auto part = parse_rtsp_request(std::string_view(whole).substr(0, size));
    ASSERT_TRUE(part) << size;
    EXPECT_FALSE(*part) << size;
  }
  const auto parsed = parse_rtsp_request(whole);
  ASSERT_TRUE(parsed && *parsed);
  EXPECT_EQ((*parsed)->method, "ANNOUNCE");
  EXPECT_EQ((*parsed)->target, "streamid=control/13/0");
  EXPECT_EQ((*parsed)->header("cseq"), "6");
  EXPECT_EQ((*parsed)->body, "body");
}

TEST(Rtsp, what_is_no_request_is_refused) {
  for (const std::string text :
       {"GET / HTTP/1.1\r\n\r\n", "OPTIONS\r\n\r\n", "OPTIONS a RTSP/1.0\r\nno colon\r\n\r\n",
        "OPTIONS a RTSP/1.0\r\nContent-length: -1\r\n\r\n",
        "OPTIONS a RTSP/1.0\r\nContent-length: 99999999999999\r\n\r\n",
        "OPTIONS a RTSP/1.0\r\nContent-length: 40000\r\n\r\n", "OPTIONS a RTSP/1.0\r\nCSeq: 1\r\n\r\nmore"})
    EXPECT_FALSE(parse_rtsp_request(text)) << text;
  EXPECT_FALSE(parse_rtsp_request(std::string(max_rtsp_request + 1, 'A')));
  std::string many = "OPTIONS a RTSP/1.0\r\n";
  for (int i = 0; i < 40; ++i) many += "a: b\r\n";
  EXPECT_FALSE(parse_rtsp_request(many + "\r\n"));
}

TEST(Rtsp, a_response_repeats_the_sequence_and_says_how_long_it_is) {
  auto talk = dialogue();
  const auto text = talk.answer(request("DESCRIBE", "rtsp://0.0.0.0:48010")).serialise();
  EXPECT_TRUE(text.starts_with("RTSP/1.0 200 OK\r\nCSeq: 7\r\n")) << text;
  EXPECT_NE(text.find("Content-length: "), std::string::npos);
}

TEST(Rtsp, describe_names_exactly_the_codecs_that_there_are) {
  const auto plain = describe({.codecs = {VideoCodec::h264}});
  EXPECT_EQ(plain.find("AAAAAU"), std::string::npos);
  EXPECT_EQ(plain.find("AV1/90000"), std::string::npos);
  const auto rich = describe({.codecs = {VideoCodec::hevc, VideoCodec::av1}});
  EXPECT_NE(rich.find("sprop-parameter-sets=AAAAAU"), std::string::npos);
  EXPECT_NE(rich.find("AV1/90000"), std::string::npos);
}

TEST(Rtsp, setup_gives_the_ports_and_what_the_client_is_to_repeat_there) {
  auto talk = dialogue();
  const auto audio = talk.answer(request("SETUP", "streamid=audio/0/0"));
  EXPECT_EQ(header(audio, "Transport"), "server_port=3");
  EXPECT_EQ(header(audio, "X-SS-Ping-Payload"), "0123456789abcdef");
  EXPECT_EQ(header(audio, "Session"), "PUNKTFUNK;timeout = 90");
  EXPECT_EQ(header(talk.answer(request("SETUP", "streamid=video/0/0")), "Transport"), "server_port=1");
  const auto control = talk.answer(request("SETUP", "streamid=control/13/0"));
  EXPECT_EQ(header(control, "Transport"), "server_port=2");
  EXPECT_EQ(header(control, "X-SS-Connect-Data"), "99");
  EXPECT_EQ(talk.answer(request("SETUP", "streamid=mic")).status, 404);
}

TEST(Rtsp, the_stream_begins_with_play_and_only_after_announce) {
  auto talk = dialogue();
  EXPECT_EQ(talk.answer(request("PLAY", "/")).status, 455);
  EXPECT_FALSE(talk.take_play());
  EXPECT_EQ(talk.answer(request("ANNOUNCE", "streamid=control/13/0", announcement)).status, 200);
  EXPECT_FALSE(talk.take_play());
  EXPECT_EQ(talk.answer(request("PLAY", "/")).status, 200);
  const auto play = talk.take_play();
  ASSERT_TRUE(play);
  EXPECT_EQ(play->video.mode, (Mode{1280, 720, 60'000}));
  EXPECT_FALSE(talk.take_play());
}

TEST(Rtsp, a_codec_without_an_encoder_is_refused) {
  auto talk = dialogue();
  EXPECT_EQ(talk.answer(request("ANNOUNCE", "x", announcement + "a=x-nv-vqos[0].bitStreamFormat:1 \r\n")).status, 415);
  EXPECT_EQ(talk.answer(request("PLAY", "/")).status, 455);
}

TEST(Rtsp, hdr_and_full_chroma_without_an_encoder_are_refused_with_a_sentence) {
  auto talk = dialogue();
  const auto hdr = talk.answer(request("ANNOUNCE", "x", announcement + "a=x-nv-video[0].dynamicRangeMode:1 \r\n"));
  EXPECT_EQ(hdr.status, 415);
  EXPECT_NE(hdr.body.find("HDR"), std::string::npos);
  const auto chroma = talk.answer(request("ANNOUNCE", "x", announcement + "a=x-ss-video[0].chromaSamplingType:1 \r\n"));
  EXPECT_EQ(chroma.status, 415);
  EXPECT_NE(chroma.body.find("4:4:4"), std::string::npos);
  EXPECT_EQ(talk.answer(request("PLAY", "/")).status, 455);
  RtspDialogue able({.codecs = {VideoCodec::h264}, .ten_bit = true, .yuv444 = true}, {}, {});
  EXPECT_EQ(able.answer(request("ANNOUNCE", "x", announcement + "a=x-nv-video[0].dynamicRangeMode:1 \r\n")).status,
            200);
}

TEST(Rtsp, an_unknown_method_is_not_allowed_and_teardown_is_told_once) {
  auto talk = dialogue();
  EXPECT_EQ(talk.answer(request("RECORD", "/")).status, 405);
  EXPECT_FALSE(talk.take_teardown());
  EXPECT_EQ(talk.answer(request("TEARDOWN", "/")).status, 200);
  EXPECT_TRUE(talk.take_teardown());
  EXPECT_FALSE(talk.take_teardown());
}

}  // namespace
}  // namespace pf::host::gamestream
