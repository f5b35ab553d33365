// SPDX-License-Identifier: MIT
#include "tests/core/truth/http2_client.h"

#include <nghttp2/nghttp2.h>

#include <iterator>
#include <memory>
#include <string_view>

namespace monban::practice::rows {
namespace {

struct Talk {
    Http2Reply reply;
    bool over = false;
};
Talk& talkOf(void* user) { return *static_cast<Talk*>(user); }

int onHeader(nghttp2_session*, const nghttp2_frame*, const std::uint8_t* name, std::size_t nameSize,
             const std::uint8_t* value, std::size_t valueSize, std::uint8_t, void* user)
{
    if (std::string_view(reinterpret_cast<const char*>(name), nameSize) == ":status")
        talkOf(user).reply.status = std::stoi(std::string(reinterpret_cast<const char*>(value), valueSize));
    return 0;
}

int onData(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* bytes, std::size_t size, void* user)
{
    talkOf(user).reply.body.append(reinterpret_cast<const char*>(bytes), size);
    return 0;
}

int onClose(nghttp2_session*, std::int32_t, std::uint32_t error, void* user)
{
    talkOf(user).reply.streamError = error;
    talkOf(user).over = true;
    return 0;
}

bool send(SSL* ssl, nghttp2_session* session)
{
    const std::uint8_t* bytes = nullptr;
    for (ssize_t size; (size = nghttp2_session_mem_send(session, &bytes)) > 0;)
        if (SSL_write(ssl, bytes, static_cast<int>(size)) <= 0) return false;
    return true;
}

nghttp2_nv field(std::string_view name, std::string_view value)
{
    const auto raw = [](std::string_view text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {raw(name), raw(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

std::shared_ptr<nghttp2_session> sessionFor(Talk& talk)
{
    nghttp2_session_callbacks* callbacks = nullptr;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onClose);
    nghttp2_session* session = nullptr;
    nghttp2_session_client_new(&session, callbacks, &talk);
    nghttp2_session_callbacks_del(callbacks);
    return {session, nghttp2_session_del};
}

}  // namespace

Http2Reply askOverHttp2(SSL* ssl, const std::string& authority)
{
    Talk talk;
    const auto session = sessionFor(talk);
    nghttp2_submit_settings(session.get(), NGHTTP2_FLAG_NONE, nullptr, 0);
    const nghttp2_nv head[] = {field(":method", "GET"), field(":scheme", "https"), field(":authority", authority),
                               field(":path", "/")};
    nghttp2_submit_request(session.get(), nullptr, head, std::size(head), nullptr, nullptr);
    std::uint8_t buffer[4096];
    while (!talk.over && send(ssl, session.get())) {
        const int count = SSL_read(ssl, buffer, sizeof buffer);
        if (count <= 0 || nghttp2_session_mem_recv(session.get(), buffer, static_cast<std::size_t>(count)) < 0) break;
    }
    return talk.reply;
}

}  // namespace monban::practice::rows
