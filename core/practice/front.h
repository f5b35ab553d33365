// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::practice {

/// Where a serving practice server can be reached, on 127.0.0.1.
struct Listening {
    struct Place {
        std::string url;       ///< "https://127.0.0.1:40123/"
        std::string endpoint;  ///< the binding it stands for: "0.0.0.0:443", "www.example.test:443", "*:80"
    };
    std::vector<Place> https;
    std::vector<Place> http;
    std::string caUrl;  ///< "http://127.0.0.1:40125/crl/": the CA's public files
};

/// Where a browser's https address is served: "127.0.0.1:40123"; the listener of that name before one of any name at that port.
std::optional<std::string> placeOf(const Listening& listening, const std::string& host, int port);
/// Of the front that serves the folder at this moment, as far as its note tells.
std::optional<Listening> listeningNow(const fs::path& folder);

/// Where its sites' requests are logged, in the format of IIS's logs.
fs::path logFolderOf(const fs::path& folder);

/// One line of JSON: {"https":[{"url","endpoint"}…],"http":[…],"ca":{"url"}}.
std::string listeningText(const Listening& listening);

/// The file in the practice server's folder that holds that line while it is served: a binding that comes or goes later
/// opens or closes its listener, and the file follows.
constexpr const char* kListeningFile = "listening.json";

/// Serves the sites of a practice server as IIS would, until asked to stop: real TLS on loopback, the certificate and
/// the CA names from its http.sys records, client certificates judged as CONTRACTS says. Reads the folder anew for
/// every connection. port: of the first https endpoint (the first http one if there is none); 0: any free port.
/// `ready` is called once; `changed` whenever listeners were opened or closed since.
Result<Done> serve(const fs::path& folder, int port, const std::function<void(const Listening&)>& ready,
                   std::stop_token stop, const std::function<void(const Listening&)>& changed = {});

}  // namespace monban::practice
