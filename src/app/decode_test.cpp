#include "app/decode.hpp"

#include <gtest/gtest.h>
#include <lzma.h>
#include <stdlib.h>
#include <zlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "codec/capture/write_for_tests.hpp"

namespace liptako::app {
namespace {

class Decode : public testing::Test {
 protected:
  Decode() { std::filesystem::create_directories(folder_); }
  ~Decode() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& name, const std::string& content) {
    const std::filesystem::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << content;
    return path.string();
  }
  int run(const std::vector<std::string>& paths, const DecodeOptions& options = {}) {
    out_.str("");
    err_.str("");
    return run_decode(paths, options, out_, err_);
  }
  std::filesystem::path folder_ =
      std::filesystem::temp_directory_path() /
      ("liptako-decode-" +
       std::string(testing::UnitTest::GetInstance()->current_test_info()->name()));
  std::ostringstream out_;
  std::ostringstream err_;
};

const std::string kGood("\x30\x00\x06\x80\x17\x02", 6);
const std::string kCut("\x30\x00\x06\x90\x17\x02", 6);

TEST_F(Decode, PrintsALineForEachRecordAndASummary) {
  const std::string path = file("a.ast", kGood + kGood);
  EXPECT_EQ(run({path}), 0);
  EXPECT_EQ(
      out_.str(),
      "{\"category\":48,\"edition\":\"1.32\",\"offset\":3,\"length\":3,\"sac_sic\":\"23/2\"}\n"
      "{\"category\":48,\"edition\":\"1.32\",\"offset\":9,\"length\":3,\"sac_sic\":\"23/2\"}\n");
  EXPECT_EQ(err_.str(), path + ": 2 records (CAT048 2), 0 errors\n");
}

// I021/010 and I021/020: 16 is a parachutist, 1 a light aircraft.
TEST_F(Decode, LeavesOutWhatARecordTellsOfAPerson) {
  const std::string person("\x15\x00\x0b\x81\x01\x01\x01\x40\x17\x02\x10", 11);
  const std::string light("\x15\x00\x0b\x81\x01\x01\x01\x40\x17\x02\x01", 11);
  const std::string path = file("a.ast", person + light);
  EXPECT_EQ(run({path}), 0);
  EXPECT_EQ(out_.str(),
            "{\"category\":21,\"decoded\":false,\"offset\":3,\"length\":8}\n"
            "{\"category\":21,\"edition\":\"2.7\",\"offset\":14,\"length\":8,\"sac_sic\":\"23/2\","
            "\"emitter_category\":\"light\"}\n");
  EXPECT_EQ(err_.str(), path + ": 1 records (CAT021 1), 0 errors, 1 records of people left out\n");
}

TEST_F(Decode, PrintsALineForEachReplyOfAReceiver) {
  const std::string avr = "*8d4840d6202cc371c32ce0576098;\n@00000000007b5f4001594b0fbb;\n*1024;\n";
  const std::string lines =
      "{\"offset\":0,\"length\":30,\"octets\":\"8d4840d6202cc371c32ce0576098\",\"kind\":\"mode_s\","
      "\"format\":17,\"address\":\"4840d6\",\"on_ground\":false,\"type_code\":4,"
      "\"call_sign\":\"KLM1023\",\"category\":\"A0\"}\n"
      "{\"offset\":30,\"length\":29,\"stamp\":123,\"octets\":\"5f4001594b0fbb\",\"kind\":\"mode_"
      "s\","
      "\"format\":11,\"address\":\"400159\",\"interrogator\":0}\n"
      "{\"offset\":59,\"length\":7,\"octets\":\"1024\",\"kind\":\"mode_ac\"}\n";
  const std::string path = file("a.avr", avr);
  EXPECT_EQ(run({path}), 0);
  EXPECT_EQ(out_.str(), lines);
  EXPECT_EQ(err_.str(), path + ": 3 replies (Mode S 2, Mode A/C 1), 0 errors\n");

  // What is not recognised by its content is read as it is said to be, with its gaps.
  const std::string noisy = file("b.avr", std::string(5000, '-') + avr);
  EXPECT_EQ(run({noisy}, {.format = feeds::SourceFormat::avr}), 1);
  EXPECT_TRUE(out_.str().starts_with(
      "{\"error\":\"5000 bytes that are no frame\",\"reason\":\"not_a_frame\",\"offset\":0,"));
  EXPECT_EQ(err_.str(), noisy + ": 3 replies (Mode S 2, Mode A/C 1), 1 errors\n");
}

TEST_F(Decode, GoesOnAfterAnErrorAndSaysSoInItsExitCode) {
  const std::string path = file("a.ast", kCut + kGood);
  EXPECT_EQ(run({path}), 1);
  EXPECT_NE(out_.str().find("I048/040 needs 4 bytes, 0 left"), std::string::npos);
  EXPECT_NE(out_.str().find("\"offset\":9,"), std::string::npos);
  EXPECT_EQ(err_.str(), path + ": 1 records (CAT048 1), 1 errors (item_truncated 1)\n");
}

TEST_F(Decode, AFileThatHoldsNothingIsAtFault) {
  EXPECT_EQ(run({file("empty.ast", "")}), 1);
  EXPECT_EQ(run({file("text.ast", "this is no recording")}), 1);
  EXPECT_EQ(run({(folder_ / "absent.ast").string()}), 3);
}

TEST_F(Decode, NamesTheFileWhenThereAreSeveral) {
  const std::string odd = file("a \"quoted\"\xFF.ast", kGood);
  EXPECT_EQ(run({odd, file("b.ast", kGood)}), 0);
  EXPECT_NE(out_.str().find("a \\\"quoted\\\"\\ufffd.ast\",\"category\":48"), std::string::npos);
}

// Larger than a piece: offsets go on, and no record is lost or told twice at the seams.
TEST_F(Decode, ReadsFilesInPieces) {
  std::string content;
  std::string expected;
  for (std::size_t i = 0; i < 300'000; ++i) {
    expected += "{\"category\":48,\"edition\":\"1.32\",\"offset\":" + std::to_string(6 * i + 3) +
                ",\"length\":3,\"sac_sic\":\"23/2\"}\n";
    content += kGood;
  }
  EXPECT_EQ(run({file("big.ast", content)}), 0);
  EXPECT_TRUE(out_.str() == expected);
}

base::Bytes bytes(const std::string& text) { return {text.begin(), text.end()}; }
std::string text(base::ByteView view) { return {view.begin(), view.end()}; }

std::string xz(const std::string& content) {
  std::string out(lzma_stream_buffer_bound(content.size()), '\0');
  std::size_t size = 0;
  EXPECT_EQ(lzma_easy_buffer_encode(0,
                                    LZMA_CHECK_CRC64,
                                    nullptr,
                                    reinterpret_cast<const std::uint8_t*>(content.data()),
                                    content.size(),
                                    reinterpret_cast<std::uint8_t*>(out.data()),
                                    &size,
                                    out.size()),
            LZMA_OK);
  out.resize(size);
  return out;
}

std::string gzip(const std::string& path, const std::string& content) {
  const gzFile out = gzopen(path.c_str(), "wb");
  EXPECT_EQ(gzwrite(out, content.data(), static_cast<unsigned>(content.size())),
            static_cast<int>(content.size()));
  EXPECT_EQ(gzclose(out), Z_OK);
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_F(Decode, PrintsTheSameWhateverTheFileIsPackedIn) {
  namespace capture = codec::capture;
  const std::string other("\xF7\x00\x08\x80\x17\x02\x01\x02", 8);
  const std::vector<std::string> datagrams = {kGood, kGood + other, kGood};
  std::string plain;
  capture::PcapWriter pcap(false, false, 1);
  capture::PcapngWriter pcapng(true);
  pcapng.interface(101);
  std::string frames;
  for (const std::string& datagram : datagrams) {
    plain += datagram;
    const auto packet = capture::ipv4_packet(capture::udp_packet(bytes(datagram)));
    pcap.add({}, capture::ethernet(packet));
    pcapng.packet(0, 0, packet);
    frames += text(capture::final_frame(bytes(datagram), 0));
  }
  const std::string path = file("x", plain);
  ASSERT_EQ(run({path}), 0) << err_.str();
  const std::string lines = out_.str();
  const std::string summary = err_.str();
  ASSERT_EQ(std::ranges::count(lines, '\n'), 4);
  for (const std::string& content : {plain, text(pcap.bytes()), text(pcapng.bytes()), frames}) {
    for (const std::string& packed : {content, xz(content), gzip(path, content)}) {
      EXPECT_EQ(run({file("x", packed)}), 0) << err_.str();
      EXPECT_EQ(out_.str(), lines);
      EXPECT_EQ(err_.str(), summary);
    }
  }
}

TEST_F(Decode, SaysInTheUsersLanguageWhatOfACaptureWasPassedOver) {
  namespace capture = codec::capture;
  capture::PcapWriter pcap(false, false, 101);
  pcap.add({}, capture::ipv4_packet(capture::udp_packet(bytes(kGood))));
  pcap.add({}, capture::ipv4_packet(bytes(kGood), 6));
  pcap.add({}, capture::ipv4_packet(bytes(kGood), 6));
  const std::string path = file("a.pcap", text(pcap.bytes()));
  setenv("LIPTAKO_LANG", "fr", 1);
  EXPECT_EQ(run({path}), 0);
  EXPECT_EQ(err_.str(),
            path + ": 1 records (CAT048 1), 0 errors\n" + path +
                ": 2 paquets écartés (TCP n'est pas suivi 2)\n");
  setenv("LIPTAKO_LANG", "en", 1);
  EXPECT_EQ(run({path}), 0);
  EXPECT_NE(err_.str().find(": 2 packets passed over (TCP is not followed 2)\n"),
            std::string::npos);
  unsetenv("LIPTAKO_LANG");
}

TEST_F(Decode, AFileThatBreaksOffPrintsWhatCameBefore) {
  namespace capture = codec::capture;
  capture::PcapWriter pcap(false, false, 101);
  pcap.add({}, capture::ipv4_packet(capture::udp_packet(bytes(kGood))));
  setenv("LIPTAKO_LANG", "en", 1);
  const std::string path = file("a.pcap", text(pcap.bytes()) + "abc");
  EXPECT_EQ(run({path}), 1);
  EXPECT_EQ(std::ranges::count(out_.str(), '\n'), 1);
  EXPECT_NE(err_.str().find("breaks off in the middle of a packet, byte " +
                            std::to_string(pcap.bytes().size()) + " of the content"),
            std::string::npos)
      << err_.str();
  unsetenv("LIPTAKO_LANG");

  std::string packed = xz(kGood + kGood);
  packed.resize(packed.size() - 8);
  EXPECT_EQ(run({file("a.xz", packed)}), 1);
  EXPECT_EQ(std::ranges::count(out_.str(), '\n'), 2);
  EXPECT_NE(err_.str().find("a.xz: breaks off at byte " + std::to_string(packed.size()) +
                            " of the xz file"),
            std::string::npos)
      << err_.str();
}

TEST_F(Decode, ListsTheFields) {
  EXPECT_EQ(run({}, {.fields = true}), 0);
  EXPECT_NE(out_.str().find("| I048/040/RHO | `measured_position.slant_range_nm` | 16 |"),
            std::string::npos);
}

}  // namespace
}  // namespace liptako::app
