// SPDX-License-Identifier: MIT
#include "core/practice/http2_session.h"

#include <nghttp2/nghttp2.h>

#include <algorithm>
#include <deque>
#include <map>
#include <memory>

#include "core/practice/http2_exchange.h"

namespace monban::practice {
namespace {

using Clock = std::chrono::steady_clock;

// Within this time a request has to come in whole or an answer has to be taken: nothing else a client does keeps its
// connection open, so neither trickling frames nor a closed window does.
constexpr auto kPatience = std::chrono::seconds(15);
constexpr int kRequestsPerConnection = 1000;
constexpr std::uint32_t kStreamsAtOnce = 100;
// Frames that ask for nothing (SETTINGS, PING, PRIORITY, WINDOW_UPDATE, RST_STREAM, empty DATA): so many for nothing,
// and some with each request. Browsers send a handful.
constexpr int kIdleFrames = 1000;
constexpr int kIdleFramesPerRequest = 10;
// Streams that a client may open and reset at once, and how many more each second: "rapid reset", CVE-2023-44487.
constexpr std::uint64_t kResetsAtOnce = 100;
constexpr std::uint64_t kResetsPerSecond = 10;
constexpr std::size_t kContinuations = 8;  // CVE-2024-27316 and its kin
constexpr std::size_t kSettingsPerFrame = 32;
constexpr std::size_t kUnsentAcknowledgements = 100;
constexpr std::size_t kWritePart = 64 * 1024;

template <class Type, void (*release)(Type*)>
struct Release {
    void operator()(Type* object) const { release(object); }
};
using Session = std::unique_ptr<nghttp2_session, Release<nghttp2_session, nghttp2_session_del>>;
using Callbacks =
    std::unique_ptr<nghttp2_session_callbacks, Release<nghttp2_session_callbacks, nghttp2_session_callbacks_del>>;
using Options = std::unique_ptr<nghttp2_option, Release<nghttp2_option, nghttp2_option_del>>;

std::string_view textAt(const std::uint8_t* bytes, std::size_t size)
{
    return {reinterpret_cast<const char*>(bytes), size};
}

nghttp2_nv field(const std::string& name, const std::string& value)
{
    // nghttp2 copies both; its type is not const because callers may ask it not to.
    const auto raw = [](const std::string& text) {
        return const_cast<std::uint8_t*>(reinterpret_cast<const std::uint8_t*>(text.data()));
    };
    return {raw(name), raw(value), name.size(), value.size(), NGHTTP2_NV_FLAG_NONE};
}

class Http2Visit {
public:
    Http2Visit(Connection& connection, Stream& stream, const Http2Site& site, const std::function<Time()>& clock)
        : m_connection(connection), m_stream(stream), m_site(site), m_clock(clock)
    {
    }

    Next run()
    {
        if (!open()) return Next::Close;
        std::uint8_t buffer[16 * 1024];
        while (flush() && isOpen()) {
            m_connection.setDeadline(m_deadline);
            const auto count = m_stream.read(buffer, sizeof buffer);
            if (!count) nghttp2_session_terminate_session(m_session.get(), NGHTTP2_NO_ERROR);  // out of time, or gone
            if (!count || *count == 0) break;
            // What is wrong with the bytes is told to the client by nghttp2's own GOAWAY, unless it is past telling.
            if (nghttp2_session_mem_recv(m_session.get(), buffer, *count) < 0) break;
            if (m_idleFrames > kIdleFrames + kIdleFramesPerRequest * m_requests)
                nghttp2_session_terminate_session(m_session.get(), NGHTTP2_ENHANCE_YOUR_CALM);
            else judgeWhatCame();
            if (m_requests >= kRequestsPerConnection) sayLast();
            if (m_reset) return Next::Reset;
        }
        m_deadline = std::max(m_deadline, Clock::now() + std::chrono::seconds(1));
        flush();
        return Next::Close;
    }

private:
    bool open()
    {
        nghttp2_session_callbacks* callbacks = nullptr;
        nghttp2_option* option = nullptr;
        if (nghttp2_session_callbacks_new(&callbacks) != 0) return false;
        const Callbacks ownedCallbacks(callbacks);
        if (nghttp2_option_new(&option) != 0) return false;
        const Options ownedOptions(option);
        nghttp2_session_callbacks_set_on_begin_frame_callback(callbacks, onBeginFrame);
        nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, onBeginHeaders);
        nghttp2_session_callbacks_set_on_header_callback(callbacks, onHeader);
        nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, onData);
        nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, onFrame);
        nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, onSent);
        nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, onClose);
        nghttp2_option_set_stream_reset_rate_limit(option, kResetsAtOnce, kResetsPerSecond);
        nghttp2_option_set_max_continuations(option, kContinuations);
        nghttp2_option_set_max_settings(option, kSettingsPerFrame);
        nghttp2_option_set_max_outbound_ack(option, kUnsentAcknowledgements);
        nghttp2_option_set_no_closed_streams(option, 1);
        nghttp2_session* session = nullptr;
        if (nghttp2_session_server_new2(&session, callbacks, this, option) != 0) return false;
        m_session.reset(session);
        // http.sys takes a hundred at once, too. Without the priorities of RFC 7540 there is no tree of them to tend.
        const nghttp2_settings_entry settings[] = {
            {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, kStreamsAtOnce},
            {NGHTTP2_SETTINGS_MAX_HEADER_LIST_SIZE, kLargestHead},
            {NGHTTP2_SETTINGS_NO_RFC7540_PRIORITIES, 1},
        };
        return nghttp2_submit_settings(session, NGHTTP2_FLAG_NONE, settings, std::size(settings)) == 0;
    }

    bool isOpen() const
    {
        return nghttp2_session_want_read(m_session.get()) != 0 || nghttp2_session_want_write(m_session.get()) != 0;
    }

    /// Sends all that the client's windows let through.
    bool flush()
    {
        m_connection.setDeadline(m_deadline);
        Bytes pending;
        for (;;) {
            const std::uint8_t* bytes = nullptr;
            const auto count = nghttp2_session_mem_send(m_session.get(), &bytes);
            if (count < 0) return false;
            pending.insert(pending.end(), bytes, bytes + count);
            if (count != 0 && pending.size() < kWritePart) continue;
            if (!pending.empty() && !m_stream.write(pending)) return false;
            pending.clear();
            if (count == 0) return true;
        }
    }

    void progress() { m_deadline = Clock::now() + kPatience; }

    Http2Exchange* exchange(std::int32_t stream)
    {
        const auto found = m_exchanges.find(stream);
        return found == m_exchanges.end() ? nullptr : &found->second;
    }

    void judgeWhatCame()
    {
        while (!m_toJudge.empty() && !m_reset) {
            const std::int32_t stream = m_toJudge.front();
            m_toJudge.pop_front();
            // A request that was reset meanwhile costs nothing more.
            if (Http2Exchange* one = exchange(stream); one && !one->answered) judge(stream, *one);
        }
    }

    void judge(std::int32_t stream, Http2Exchange& one)
    {
        if (!one.headSeen) {
            one.headSeen = true;
            one.request = one.head();
            if (const auto outcome = m_site(one.request, Arrived::Head)) return carryOut(stream, one, *outcome);
            const auto* request = std::get_if<HttpRequest>(&one.request);
            if (request && request->expectsContinue && !one.whole) sendContinue(stream);
        }
        const auto* request = std::get_if<HttpRequest>(&one.request);
        const bool tooLarge = one.bodySize > kLargestBody || (request && request->contentLength > kLargestBody);
        if (!tooLarge && !one.whole) return;
        progress();
        if (const auto outcome = m_site(one.request, tooLarge ? Arrived::TooLarge : Arrived::Whole))
            carryOut(stream, one, *outcome);
    }

    void carryOut(std::int32_t stream, Http2Exchange& one, const Outcome& outcome)
    {
        one.answered = true;
        progress();
        if (outcome.next == Next::Reset) m_reset = true;
        else if (outcome.next == Next::Http11)
            nghttp2_submit_rst_stream(m_session.get(), NGHTTP2_FLAG_NONE, stream, NGHTTP2_HTTP_1_1_REQUIRED);
        else if (outcome.answer) send(stream, one, *outcome.answer);
        if (outcome.next == Next::Close) sayLast();
    }

    /// No request after those that have come.
    void sayLast()
    {
        if (m_last) return;
        m_last = true;
        const std::int32_t last = nghttp2_session_get_last_proc_stream_id(m_session.get());
        nghttp2_submit_goaway(m_session.get(), NGHTTP2_FLAG_NONE, last, NGHTTP2_NO_ERROR, nullptr, 0);
    }

    void sendContinue(std::int32_t stream)
    {
        const std::string name = ":status", status = "100";
        const nghttp2_nv head = field(name, status);
        nghttp2_submit_headers(m_session.get(), NGHTTP2_FLAG_NONE, stream, nullptr, &head, 1, nullptr);
    }

    void send(std::int32_t stream, Http2Exchange& one, const Answer& answer)
    {
        auto fields = responseFields(answer, m_clock());
        fields.insert(fields.begin(), {":status", std::to_string(answer.status)});
        std::vector<nghttp2_nv> head;
        for (auto& [name, value] : fields) {
            name = lowerAscii(name);
            head.push_back(field(name, value));
        }
        const auto* request = std::get_if<HttpRequest>(&one.request);
        if (!request || request->method != "HEAD") one.answerBody = answer.body;
        nghttp2_data_provider body{};
        body.source.ptr = &one;  // a map's element stays where it is
        body.read_callback = onReadBody;
        const bool hasBody = !one.answerBody.empty();
        nghttp2_submit_response(m_session.get(), stream, head.data(), head.size(), hasBody ? &body : nullptr);
    }

    static Http2Visit& self(void* user) { return *static_cast<Http2Visit*>(user); }

    /// No exception passes through the C library below.
    template <class Work>
    static int guarded(Work work)
    {
        try {
            work();
            return 0;
        } catch (const std::exception&) {
            return NGHTTP2_ERR_CALLBACK_FAILURE;
        }
    }

    static int onBeginFrame(nghttp2_session*, const nghttp2_frame_hd* head, void* user)
    {
        const bool asks = head->type == NGHTTP2_HEADERS || head->type == NGHTTP2_CONTINUATION ||
                          (head->type == NGHTTP2_DATA && head->length > 0);
        if (!asks) ++self(user).m_idleFrames;
        return 0;
    }

    static int onBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* user)
    {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
        return guarded([&] {
            ++self(user).m_requests;
            self(user).m_exchanges.try_emplace(frame->hd.stream_id);
        });
    }

    static int onHeader(nghttp2_session*, const nghttp2_frame* frame, const std::uint8_t* name, std::size_t nameSize,
                        const std::uint8_t* value, std::size_t valueSize, std::uint8_t, void* user)
    {
        if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;  // trailers
        return guarded([&] {
            if (Http2Exchange* one = self(user).exchange(frame->hd.stream_id))
                one->addField(textAt(name, nameSize), textAt(value, valueSize));
        });
    }

    static int onData(nghttp2_session*, std::uint8_t, std::int32_t stream, const std::uint8_t*, std::size_t size,
                      void* user)
    {
        return guarded([&] {
            Http2Exchange* one = self(user).exchange(stream);
            if (!one) return;
            const bool before = one->bodySize > kLargestBody;
            one->bodySize += size;
            if (!before && one->bodySize > kLargestBody) self(user).m_toJudge.push_back(stream);
            // An answer can go out before its request is whole. Clients that do not expect that are given time to
            // notice; then they are told (RFC 9113, 8.1).
            if (one->answered && one->bodySize > 2 * kLargestBody)
                nghttp2_submit_rst_stream(self(user).m_session.get(), NGHTTP2_FLAG_NONE, stream, NGHTTP2_NO_ERROR);
        });
    }

    static int onFrame(nghttp2_session*, const nghttp2_frame* frame, void* user)
    {
        if (frame->hd.type != NGHTTP2_HEADERS && frame->hd.type != NGHTTP2_DATA) return 0;
        return guarded([&] {
            Http2Exchange* one = self(user).exchange(frame->hd.stream_id);
            if (!one) return;
            const bool ends = frame->hd.flags & NGHTTP2_FLAG_END_STREAM;
            one->whole = one->whole || ends;
            if (ends || frame->hd.type == NGHTTP2_HEADERS) self(user).m_toJudge.push_back(frame->hd.stream_id);
        });
    }

    static int onSent(nghttp2_session*, const nghttp2_frame* frame, void* user)
    {
        const bool answers = frame->hd.type == NGHTTP2_DATA || frame->hd.type == NGHTTP2_HEADERS;
        if (answers && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM)) self(user).progress();
        return 0;
    }

    static int onClose(nghttp2_session*, std::int32_t stream, std::uint32_t, void* user)
    {
        self(user).m_exchanges.erase(stream);
        return 0;
    }

    static ssize_t onReadBody(nghttp2_session*, std::int32_t, std::uint8_t* buffer, std::size_t size,
                              std::uint32_t* flags, nghttp2_data_source* source, void*)
    {
        auto& one = *static_cast<Http2Exchange*>(source->ptr);
        const std::size_t part = std::min(size, one.answerBody.size() - one.sent);
        std::copy_n(one.answerBody.begin() + static_cast<std::ptrdiff_t>(one.sent), part, buffer);
        one.sent += part;
        if (one.sent == one.answerBody.size()) *flags |= NGHTTP2_DATA_FLAG_EOF;
        return static_cast<ssize_t>(part);
    }

    Connection& m_connection;
    Stream& m_stream;
    const Http2Site& m_site;
    const std::function<Time()>& m_clock;
    std::map<std::int32_t, Http2Exchange> m_exchanges;
    std::deque<std::int32_t> m_toJudge;
    Deadline m_deadline = Clock::now() + kPatience;
    int m_requests = 0;
    int m_idleFrames = 0;
    bool m_reset = false;
    bool m_last = false;  ///< GOAWAY was sent
    Session m_session;    ///< last: it refers to the exchanges
};

}  // namespace

Next serveHttp2(Connection& connection, Stream& stream, const Http2Site& site, const std::function<Time()>& clock)
{
    return Http2Visit(connection, stream, site, clock).run();
}

}  // namespace monban::practice
