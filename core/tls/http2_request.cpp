// SPDX-License-Identifier: MIT
#include "core/tls/http2_request.h"

#include <nghttp2/nghttp2.h>

#include <charconv>

namespace monban {
namespace {

constexpr std::size_t kLargestPage = 64 * 1024;
constexpr std::size_t kMostBytes = 1024 * 1024;  // that may come for one answer
constexpr std::uint32_t kLargestHeader = 64 * 1024;

template <class Type, void (*release)(Type*)>
struct Release {
    void operator()(Type* object) const { release(object); }
};

nghttp2_nv field(std::string_view name, std::string_view value)
{
    // nghttp2 copies both; its type is not const because callers may ask it not to.
    const auto raw = [](std::string_view text) { return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data())); };
    return {raw(name), raw(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

}  // namespace

struct Http2Request::State {
    std::unique_ptr<nghttp2_session, Release<nghttp2_session, nghttp2_session_del>> session;
    std::int32_t stream = -1;
    std::optional<int> status;
    std::string page;
    std::optional<std::uint32_t> error;  ///< of the stream's or the connection's end
    bool isOver = false;
    std::size_t received = 0;

    static int onHeader(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t nameSize, const std::uint8_t* value,
                        std::size_t valueSize, std::uint8_t, void* self)
    {
        auto& state = *static_cast<State*>(self);
        if (frame->hd.stream_id != state.stream || std::string_view(reinterpret_cast<const char*>(name), nameSize) != ":status") return 0;
        const auto* text = reinterpret_cast<const char*>(value);
        int code = 0;
        if (std::from_chars(text, text + valueSize, code).ec == std::errc() && code / 100 != 1) state.status = code;
        return 0;
    }
    static int onData(nghttp2_session*, std::uint8_t, std::int32_t, const std::uint8_t* data, std::size_t size, void* self)
    {
        auto& page = static_cast<State*>(self)->page;
        page.append(reinterpret_cast<const char*>(data), std::min(size, kLargestPage - page.size()));
        return 0;
    }
    static int onClose(nghttp2_session*, std::int32_t stream, std::uint32_t code, void* self)
    {
        auto& state = *static_cast<State*>(self);
        if (stream != state.stream) return 0;
        state.isOver = true;
        if (code != NGHTTP2_NO_ERROR) state.error = code;
        return 0;
    }
    static int onFrame(nghttp2_session*, const nghttp2_frame* frame, void* self)
    {
        auto& state = *static_cast<State*>(self);
        if (frame->hd.type == NGHTTP2_GOAWAY && frame->goaway.error_code != NGHTTP2_NO_ERROR && !state.isOver) {
            state.error = frame->goaway.error_code;
            state.isOver = true;
        }
        return 0;
    }
};

Http2Request::Http2Request(const std::string& authority, const std::string& target) : m_state(std::make_unique<State>())
{
    m_state->isOver = true;  // until there is a request under way
    nghttp2_session_callbacks* callbacks = nullptr;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) return;
    const std::unique_ptr<nghttp2_session_callbacks, Release<nghttp2_session_callbacks, nghttp2_session_callbacks_del>> owned(callbacks);
    nghttp2_session_callbacks_set_on_header_callback(callbacks, State::onHeader);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, State::onData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, State::onClose);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, State::onFrame);
    nghttp2_session* session = nullptr;
    if (nghttp2_session_client_new(&session, callbacks, m_state.get()) != 0) return;
    m_state->session.reset(session);
    const nghttp2_settings_entry settings[] = {{NGHTTP2_SETTINGS_ENABLE_PUSH, 0}, {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kLargestHeader}};
    const nghttp2_nv fields[] = {field(":method", "GET"), field(":scheme", "https"), field(":authority", authority), field(":path", target),
                                 field("user-agent", "Monban/" MONBAN_VERSION), field("accept-encoding", "identity")};
    if (nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings)) != 0) return;
    m_state->stream = nghttp2_submit_request(session, nullptr, fields, std::size(fields), nullptr, nullptr);
    m_state->isOver = m_state->stream < 0;
}

Http2Request::~Http2Request() = default;

std::string Http2Request::toSend()
{
    std::string bytes;
    if (!m_state->session) return bytes;
    const std::uint8_t* part = nullptr;
    for (ssize_t size = 0; (size = nghttp2_session_mem_send(m_state->session.get(), &part)) > 0;) bytes.append(reinterpret_cast<const char*>(part), static_cast<std::size_t>(size));
    return bytes;
}

bool Http2Request::receive(std::string_view bytes)
{
    m_state->received += bytes.size();
    return m_state->session && m_state->received <= kMostBytes &&
           nghttp2_session_mem_recv(m_state->session.get(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()) >= 0;
}

bool Http2Request::isOver() const { return m_state->isOver; }
std::optional<int> Http2Request::status() const { return m_state->status; }
const std::string& Http2Request::page() const { return m_state->page; }
std::string Http2Request::ended() const { return m_state->error ? nghttp2_http2_strerror(*m_state->error) : std::string(); }

}  // namespace monban
