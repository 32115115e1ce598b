#include "host/gamestream/http/requests.h"

#include <fstream>
#include <iterator>

#include "host/gamestream/http/launch_request.h"
#include "host/gamestream/http/xml.h"

namespace pf::host::gamestream {
namespace {

// Generation 7 chooses the pairing by SHA-256; a negative last part says that this is not NVIDIA's own host.
constexpr const char* app_version = "7.1.431.-1";
constexpr const char* software_version = "3.23.0.74";
// The addresses that clients know to ignore.
constexpr const char* no_hardware_address = "00:00:00:00:00:00";
constexpr const char* no_v4_address = "127.0.0.1";
constexpr std::uintmax_t max_box_art = 8u << 20;  // bytes

HttpResponse xml(const XmlAnswer& answer) {
  return {200, "application/xml", answer.text()};
}

HttpResponse refusal(unsigned code, const std::string& sentence) {
  return xml(XmlAnswer(code, sentence));
}

HttpResponse pair_answer(const PairReply& reply) {
  XmlAnswer answer;
  answer.add("paired", reply.paired ? "1" : "0");
  if (!reply.name.empty()) answer.add(reply.name, reply.value);
  return xml(answer);
}

std::string url_host(const std::string& address) {
  return address.find(':') == std::string::npos ? address : "[" + address + "]";
}

bool has(const Query& query, std::string_view name) {
  return query.parameters.contains(name);
}

}  // namespace

void Requests::log(const std::string& sentence) const {
  if (services_.log) services_.log(sentence);
}

std::optional<control::TrustedPeer> Requests::client_of(const HttpRequest& request) const {
  return request.secure && request.certificate ? services_.trust.find(*request.certificate) : std::nullopt;
}

void Requests::answer(const HttpRequest& request, const Respond& respond) {
  const auto& path = request.query.path;
  const auto client = client_of(request);
  if (request.secure && !client) {
    // Clients take 401 for "not paired" and ask again over HTTP.
    return respond(refusal(401, "this certificate is not paired with the host"));
  }
  if (path == "serverinfo") return respond(server_info(request));
  if (path == "pair") return pair(request, respond);
  if (path == "unpair") return respond(unpair(request));
  if (!client) return respond(refusal(401, "ask for this over HTTPS, with a certificate that is paired"));
  if (path == "applist") return respond(app_list());
  if (path == "appasset") return respond(app_asset(request));
  if (path == "launch") return respond(launch(request, *client, false));
  if (path == "resume") return respond(launch(request, *client, true));
  if (path == "cancel") return respond(cancel(*client));
  respond({404, "text/plain", "there is nothing here\n"});
}

HttpResponse Requests::server_info(const HttpRequest& request) const {
  const auto client = client_of(request);
  // Each client has a session of its own, and sees no other's: somebody else's game does not keep it from launching.
  const auto session = client ? services_.sessions.current(control::to_hex(client->fingerprint)) : std::nullopt;
  const bool v6 = request.local.find(':') != std::string::npos;
  auto hardware = client && facts_.hardware_address ? facts_.hardware_address(request.local) : std::string();
  XmlAnswer answer;
  answer.add("hostname", facts_.name)
      .add("appversion", app_version)
      .add("GfeVersion", software_version)
      .add("uniqueid", facts_.id)
      .add("HttpsPort", std::to_string(facts_.https_port))
      .add("ExternalPort", std::to_string(facts_.http_port))
      .add("MaxLumaPixelsHEVC", (facts_.codec_modes & CodecModes::hevc) != 0 ? "1869449984" : "0")
      .add("mac", hardware.empty() ? no_hardware_address : std::move(hardware))
      // A field for IPv4 alone: clients keep an IPv6 address elsewhere.
      .add("LocalIP", v6 ? no_v4_address : request.local)
      .add("ServerCodecModeSupport", std::to_string(facts_.codec_modes))
      .add("PairStatus", client ? "1" : "0")
      .add("currentgame", std::to_string(session ? session->app : 0))
      .add("state", session ? "PUNKTFUNK_SERVER_BUSY" : "PUNKTFUNK_SERVER_FREE");
  return xml(answer);
}

void Requests::pair(const HttpRequest& request, const Respond& respond) {
  const auto& query = request.query;
  const Visitor visitor{request.remote, std::string(query.text("uniqueid"))};
  const auto reply = [&](const PairReply& step) {
    if (!step.paired) log("pairing with Moonlight at " + visitor.address + " failed: " + step.why_not);
    respond(pair_answer(step));
  };
  if (request.secure) {
    // Only a paired certificate comes as far as this: it is the client's last look whether pairing has worked.
    return respond(query.text("phrase") == "pairchallenge" ? pair_answer(PairReply::yes())
                                                           : refusal(400, "pairing is done over HTTP"));
  }
  if (query.text("phrase") == "getservercert") {
    log("Moonlight at " + visitor.address + " wants to pair: type in the PIN that it shows, " +
        "punktfunk-host pair --gamestream PIN");
    services_.pairing.get_certificate(visitor, query.text("salt"), query.text("clientcert"),
                                      [respond](const PairReply& step) { respond(pair_answer(step)); });
  } else if (has(query, "clientchallenge")) {
    reply(services_.pairing.client_challenge(visitor, query.text("clientchallenge")));
  } else if (has(query, "serverchallengeresp")) {
    reply(services_.pairing.challenge_response(visitor, query.text("serverchallengeresp")));
  } else if (has(query, "clientpairingsecret")) {
    const auto step = services_.pairing.client_secret(visitor, query.text("clientpairingsecret"));
    if (step.paired) log("Moonlight at " + visitor.address + " is paired");
    reply(step);
  } else {
    respond(refusal(400, "a step of pairing that is none"));
  }
}

HttpResponse Requests::unpair(const HttpRequest& request) {
  // Over HTTP anybody may ask: it ends an attempt, never a pairing.
  services_.pairing.give_up({request.remote, std::string(request.query.text("uniqueid"))});
  if (const auto client = client_of(request)) {
    if (const auto removed = services_.trust.remove(control::to_hex(client->fingerprint)); !removed)
      return refusal(500, removed.error().message);
    log(client->name + " has taken its pairing back");
  }
  return xml(XmlAnswer());
}

bool Requests::has_hdr() const {
  return (facts_.codec_modes & (CodecModes::hevc_main10 | CodecModes::av1_main10)) != 0;
}

HttpResponse Requests::app_list() const {
  const bool hdr = has_hdr();
  XmlAnswer answer;
  const auto list = services_.apps();
  for (const auto& app : list->apps()) {
    answer.add_group("App",
                     {{"IsHdrSupported", hdr ? "1" : "0"}, {"AppTitle", app.name}, {"ID", std::to_string(app.id)}});
  }
  return xml(answer);
}

HttpResponse Requests::app_asset(const HttpRequest& request) const {
  const HttpResponse none{404, "text/plain", "this app has no picture\n"};
  const auto list = services_.apps();
  const auto* const app = list->find(request.query.number("appid").value_or(0));
  if (app == nullptr || app->box_art.empty()) return none;
  std::error_code error;
  const auto size = std::filesystem::file_size(app->box_art, error);
  if (error || size > max_box_art) return none;
  std::ifstream file(app->box_art, std::ios::binary);
  return {200, "image/png", std::string(std::istreambuf_iterator<char>(file), {})};
}

HttpResponse Requests::launch(const HttpRequest& request, const control::TrustedPeer& client, bool resume) {
  const auto refuse = [&](unsigned code, const std::string& sentence) {
    log("could not start a stream for " + client.name + ": " + sentence);
    return xml(XmlAnswer(code, sentence).add(resume ? "resume" : "gamesession", "0"));
  };
  const auto who = control::to_hex(client.fingerprint);
  const auto session = services_.sessions.current(who);
  if (resume && !session) return refuse(503, "there is nothing to resume; start an app");
  if (!resume && session) return refuse(400, "an app is running for this client; resume it or quit it first");

  auto wanted = read_launch(request.query);
  if (!wanted) return refuse(400, wanted.error().message);
  if (wanted->hdr && !has_hdr())
    return refuse(400, "this host has no encoder for HDR; switch HDR off in the client's settings");
  const auto list = services_.apps();
  const auto* const app = list->find(resume ? session->app : request.query.number("appid").value_or(0));
  if (!resume && app == nullptr) return refuse(404, "there is no such app; look at the list again");
  const auto remote = net::resolve(url_host(request.remote), 0);
  if (!remote) return refuse(400, remote.error().message);
  wanted->client = who;
  wanted->name = client.name;
  wanted->remote = remote->front();
  // A running app that has been taken off the list meanwhile can still be resumed.
  wanted->app = app != nullptr ? app->id : session->app;
  wanted->app_name = app != nullptr ? app->name : std::string();

  const auto url = services_.sessions.offer(*wanted);
  if (!url) return refuse(503, url.error().message);
  // Its removal from the store may just have found no session to end.
  if (!services_.trust.find(client.fingerprint)) {
    services_.sessions.end(who, EndReason::untrusted);
    return refuse(401, "this certificate is not paired with the host");
  }
  XmlAnswer answer;
  answer.add("sessionUrl0", url->scheme + "://" + url_host(request.local) + ":" + std::to_string(url->port));
  answer.add(resume ? "resume" : "gamesession", "1");
  return xml(answer);
}

HttpResponse Requests::cancel(const control::TrustedPeer& client) {
  services_.sessions.end(control::to_hex(client.fingerprint), EndReason::quit);
  return xml(XmlAnswer().add("cancel", "1"));
}

}  // namespace pf::host::gamestream
