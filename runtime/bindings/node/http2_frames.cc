// What nghttp2 calls back while a session receives and sends.
#include <algorithm>

#include "runtime/bindings/node/http2_session.h"
#include "runtime/bindings/node/string_bytes.h"

namespace dv8::node::http2 {
namespace {

// Of the stream that a frame is about: a promise is about the stream that it promises.
int32_t StreamOf(const nghttp2_frame* frame) {
  return frame->hd.type == NGHTTP2_PUSH_PROMISE ? frame->push_promise.promised_stream_id : frame->hd.stream_id;
}

// The error code of RFC 9113, section 7, for one of nghttp2's.
uint32_t ErrorCodeOf(int error) {
  switch (error) {
    case NGHTTP2_ERR_STREAM_CLOSED: return NGHTTP2_STREAM_CLOSED;
    case NGHTTP2_ERR_HEADER_COMP: return NGHTTP2_COMPRESSION_ERROR;
    case NGHTTP2_ERR_FRAME_SIZE_ERROR: return NGHTTP2_FRAME_SIZE_ERROR;
    case NGHTTP2_ERR_FLOW_CONTROL: return NGHTTP2_FLOW_CONTROL_ERROR;
    case NGHTTP2_ERR_REFUSED_STREAM: return NGHTTP2_REFUSED_STREAM;
    case NGHTTP2_ERR_PROTO:
    case NGHTTP2_ERR_HTTP_HEADER:
    case NGHTTP2_ERR_HTTP_MESSAGING: return NGHTTP2_PROTOCOL_ERROR;
    default: return NGHTTP2_INTERNAL_ERROR;
  }
}

v8::Local<v8::Value> Latin1(v8::Isolate* isolate, const uint8_t* text, size_t size) {
  return FromLatin1(isolate, {reinterpret_cast<const char*>(text), size}).FromMaybe(v8::String::Empty(isolate));
}

}  // namespace

class Frames {
 public:
  static nghttp2_session_callbacks* Callbacks(bool with_padding) {
    nghttp2_session_callbacks* callbacks;
    if (nghttp2_session_callbacks_new(&callbacks) != 0) return nullptr;
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, OnBeginHeaders);
    nghttp2_session_callbacks_set_on_header_callback2(callbacks, OnHeader);
    nghttp2_session_callbacks_set_on_invalid_header_callback2(callbacks, OnInvalidHeader);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, OnReceived);
    nghttp2_session_callbacks_set_on_invalid_frame_recv_callback(callbacks, OnInvalid);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, OnData);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, OnStreamClose);
    nghttp2_session_callbacks_set_on_frame_send_callback(callbacks, OnSent);
    nghttp2_session_callbacks_set_on_frame_not_send_callback(callbacks, OnNotSent);
    nghttp2_session_callbacks_set_send_data_callback(callbacks, OnSendData);
    nghttp2_session_callbacks_set_error_callback2(callbacks, OnError);
    if (with_padding) nghttp2_session_callbacks_set_select_padding_callback2(callbacks, OnSelectPadding);
    return callbacks;
  }

 private:
  static Http2Session* From(void* data) { return static_cast<Http2Session*>(data); }

  static void TellError(Http2Session* session, int error) {
    v8::Local<v8::Value> argument = v8::Integer::New(session->env()->isolate(), error);
    session->Tell(Event::kError, 1, &argument);
  }

  static int OnBeginHeaders(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    Http2Session* session = From(data);
    const LoopScope scope(session->env());
    // JavaScript would not get to know of a stream that comes behind the end.
    if (session->close_pending_) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    const int32_t id = StreamOf(frame);
    if (Http2Stream* stream = session->FindStream(id)) {
      if (!stream->is_destroyed()) stream->StartHeaders(frame->headers.cat);
      return 0;
    }
    if (!session->CanAddStream() || Http2Stream::Make(session, id, frame->headers.cat, 0) == nullptr) {
      if (session->rejected_streams_++ > session->fields_->max_rejected_streams) return NGHTTP2_ERR_CALLBACK_FAILURE;
      nghttp2_submit_rst_stream(session->nghttp2(), NGHTTP2_FLAG_NONE, id, NGHTTP2_ENHANCE_YOUR_CALM);
      return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    }
    session->rejected_streams_ = 0;
    return 0;
  }

  static int OnHeader(nghttp2_session*, const nghttp2_frame* frame, nghttp2_rcbuf* name, nghttp2_rcbuf* value, uint8_t flags, void* data) {
    Http2Stream* stream = From(data)->FindStream(StreamOf(frame));
    if (stream == nullptr) return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
    if (stream->is_destroyed() || stream->AddHeader(name, value, flags)) return 0;
    stream->RstStream(NGHTTP2_ENHANCE_YOUR_CALM);
    return NGHTTP2_ERR_TEMPORAL_CALLBACK_FAILURE;
  }

  // Without this nghttp2 would end the stream.
  static int OnInvalidHeader(nghttp2_session*, const nghttp2_frame*, nghttp2_rcbuf*, nghttp2_rcbuf*, uint8_t, void*) { return 0; }

  static int OnReceived(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    Http2Session* session = From(data);
    session->statistics_.frames_received++;
    if (session->close_pending_) return 0;
    const LoopScope scope(session->env());
    switch (frame->hd.type) {
      case NGHTTP2_DATA: return ReceiveData(session, frame);
      case NGHTTP2_PUSH_PROMISE:
      case NGHTTP2_HEADERS:
        if (Http2Stream* stream = session->FindStream(StreamOf(frame)); stream != nullptr && !stream->is_destroyed()) {
          stream->TellHeaders(frame->hd.flags);
        }
        break;
      case NGHTTP2_SETTINGS: ReceiveSettings(session, frame); break;
      case NGHTTP2_PRIORITY: ReceivePriority(session, frame); break;
      case NGHTTP2_GOAWAY: ReceiveGoaway(session, frame->goaway); break;
      case NGHTTP2_PING: ReceivePing(session, frame); break;
      case NGHTTP2_ALTSVC: ReceiveAltsvc(session, frame); break;
      case NGHTTP2_ORIGIN: ReceiveOrigin(session, frame); break;
      default: break;
    }
    return 0;
  }

  static int ReceiveData(Http2Session* session, const nghttp2_frame* frame) {
    Http2Stream* stream = session->FindStream(frame->hd.stream_id);
    if (stream != nullptr && !stream->is_destroyed() && (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0) {
      stream->ReceiveEnd();
      return 0;
    }
    // A frame that says nothing.
    return frame->hd.length == 0 ? CountInvalidFrame(session) : 0;
  }

  static int CountInvalidFrame(Http2Session* session) {
    if (session->invalid_frames_++ <= session->fields_->max_invalid_frames) return 0;
    session->receive_error_ = "ERR_HTTP2_TOO_MANY_INVALID_FRAMES";
    return 1;
  }

  static void ReceiveSettings(Http2Session* session, const nghttp2_frame* frame) {
    if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
      Http2Acknowledgement* waiting = session->Pop(&session->settings_);
      return waiting == nullptr ? TellError(session, NGHTTP2_ERR_PROTO) : waiting->Done(true);
    }
    session->fields_->bits &= ~(1 << SessionFields::kRemoteSettingsIsUpToDate);
    for (size_t i = 0; i < frame->settings.niv; i++) {
      const nghttp2_settings_entry& entry = frame->settings.iv[i];
      for (auto& [id, value] : session->remote_custom_) {
        if (id == entry.settings_id) value = entry.value;
      }
    }
    if (session->fields_->Has(SessionFields::kHasRemoteSettingsListeners)) session->Tell(Event::kSettings);
  }

  static void ReceivePriority(Http2Session* session, const nghttp2_frame* frame) {
    if (session->fields_->priority_listeners == 0) return;
    v8::Isolate* isolate = session->env()->isolate();
    const nghttp2_priority_spec& priority = frame->priority.pri_spec;
    v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, frame->hd.stream_id), v8::Integer::New(isolate, priority.stream_id),
                                   v8::Integer::New(isolate, priority.weight), v8::Boolean::New(isolate, priority.exclusive != 0)};
    session->Tell(Event::kPriority, 4, argv);
  }

  static void ReceiveGoaway(Http2Session* session, const nghttp2_goaway& goaway) {
    v8::Isolate* isolate = session->env()->isolate();
    v8::Local<v8::Value> argv[] = {v8::Integer::NewFromUnsigned(isolate, goaway.error_code),
                                   v8::Integer::New(isolate, goaway.last_stream_id), v8::Undefined(isolate)};
    v8::Local<v8::Uint8Array> opaque;
    if (goaway.opaque_data_len > 0) {
      if (!CopyToBuffer(session->env(), {goaway.opaque_data, goaway.opaque_data_len}).ToLocal(&opaque)) return;
      argv[2] = opaque;
    }
    session->Tell(Event::kGoawayData, 3, argv);
  }

  static void ReceivePing(Http2Session* session, const nghttp2_frame* frame) {
    if ((frame->hd.flags & NGHTTP2_FLAG_ACK) != 0) {
      Http2Acknowledgement* waiting = session->Pop(&session->pings_);
      // Nobody has asked.
      if (waiting == nullptr) return TellError(session, NGHTTP2_ERR_PROTO);
      session->statistics_.ping_rtt = uv_hrtime() - waiting->start_time();
      return waiting->Done(true, frame->ping.opaque_data);
    }
    if (!session->fields_->Has(SessionFields::kHasPingListeners)) return;
    v8::Local<v8::Uint8Array> payload;
    if (!CopyToBuffer(session->env(), frame->ping.opaque_data).ToLocal(&payload)) return;
    v8::Local<v8::Value> argument = payload;
    session->Tell(Event::kPing, 1, &argument);
  }

  static void ReceiveAltsvc(Http2Session* session, const nghttp2_frame* frame) {
    if (!session->fields_->Has(SessionFields::kHasAltsvcListeners)) return;
    v8::Isolate* isolate = session->env()->isolate();
    const auto* altsvc = static_cast<const nghttp2_ext_altsvc*>(frame->ext.payload);
    v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, frame->hd.stream_id), Latin1(isolate, altsvc->origin, altsvc->origin_len),
                                   Latin1(isolate, altsvc->field_value, altsvc->field_value_len)};
    session->Tell(Event::kAltsvc, 3, argv);
  }

  static void ReceiveOrigin(Http2Session* session, const nghttp2_frame* frame) {
    v8::Isolate* isolate = session->env()->isolate();
    const auto* origin = static_cast<const nghttp2_ext_origin*>(frame->ext.payload);
    std::vector<v8::Local<v8::Value>> origins;
    for (size_t i = 0; i < origin->nov; i++) origins.push_back(Latin1(isolate, origin->ov[i].origin, origin->ov[i].origin_len));
    v8::Local<v8::Value> argument = v8::Array::New(isolate, origins.data(), origins.size());
    session->Tell(Event::kOrigin, 1, &argument);
  }

  static int OnInvalid(nghttp2_session*, const nghttp2_frame*, int error, void* data) {
    Http2Session* session = From(data);
    if (const int rc = CountInvalidFrame(session); rc != 0) return rc;
    // What ends the connection; nghttp2 itself tells the other side.
    if (nghttp2_is_fatal(error) || error == NGHTTP2_ERR_STREAM_CLOSED || error == NGHTTP2_ERR_FLOW_CONTROL || error == NGHTTP2_ERR_PROTO) {
      const LoopScope scope(session->env());
      TellError(session, error);
    }
    return 0;
  }

  static int OnData(nghttp2_session* nghttp2, uint8_t, int32_t id, const uint8_t* bytes, size_t size, void* data) {
    Http2Session* session = From(data);
    if (size == 0 || session->close_pending_) return 0;
    const LoopScope scope(session->env());
    // The connection's window is for all streams: one that is not read must not stop the others.
    nghttp2_session_consume_connection(nghttp2, size);
    Http2Stream* stream = session->FindStream(id);
    if (stream == nullptr || stream->is_destroyed()) return 0;
    stream->ReceiveData(bytes, size);
    if (!session->writing_) return 0;
    session->receive_paused_ = true;
    return NGHTTP2_ERR_PAUSE;
  }

  static int OnStreamClose(nghttp2_session*, int32_t id, uint32_t code, void* data) {
    Http2Session* session = From(data);
    const LoopScope scope(session->env());
    Http2Stream* stream = session->FindStream(id);
    if (stream != nullptr && !stream->is_destroyed()) stream->Closed(code);
    return 0;
  }

  static int OnSent(nghttp2_session*, const nghttp2_frame* frame, void* data) {
    Http2Session* session = From(data);
    session->statistics_.frames_sent++;
    // JavaScript hears of it when it is written.
    if (frame->hd.type == NGHTTP2_GOAWAY && !session->closing_ && !session->is_destroyed() && !session->graceful_close_ &&
        !session->goaway_asked_) {
      session->ended_by_nghttp2_ = true;
    }
    return 0;
  }

  static int OnNotSent(nghttp2_session*, const nghttp2_frame* frame, int error, void* data) {
    Http2Session* session = From(data);
    if (error == NGHTTP2_ERR_SESSION_CLOSING || error == NGHTTP2_ERR_STREAM_CLOSED || error == NGHTTP2_ERR_STREAM_CLOSING) {
      if (Http2Stream* stream = session->FindStream(StreamOf(frame)); stream != nullptr && !stream->is_destroyed()) stream->DropHeaders();
      if (frame->hd.type != NGHTTP2_GOAWAY) return 0;
    }
    const LoopScope scope(session->env());
    v8::Isolate* isolate = session->env()->isolate();
    v8::Local<v8::Value> argv[] = {v8::Integer::New(isolate, frame->hd.stream_id), v8::Integer::New(isolate, frame->hd.type),
                                   v8::Integer::NewFromUnsigned(isolate, ErrorCodeOf(error))};
    session->Tell(Event::kFrameError, 3, argv);
    return 0;
  }

  static int OnSendData(nghttp2_session*, nghttp2_frame* frame, const uint8_t* header, size_t size, nghttp2_data_source*, void* data) {
    static constexpr size_t kFrameHeaderSize = 9;
    static const char kZeros[256] = {};
    Http2Session* session = From(data);
    Http2Stream* stream = session->FindStream(frame->hd.stream_id);
    if (stream == nullptr) return 0;
    session->CopyOutgoing(header, kFrameHeaderSize);
    const size_t padding = frame->data.padlen;
    if (padding > 0) {
      const auto length = static_cast<uint8_t>(padding - 1);  // Beside the byte of the length.
      session->CopyOutgoing(&length, 1);
    }
    if (!stream->Send(size)) return NGHTTP2_ERR_CALLBACK_FAILURE;
    if (padding > 1) session->PushOutgoing({uv_buf_init(const_cast<char*>(kZeros), static_cast<unsigned>(padding - 1))});
    return 0;
  }

  // The other side does not speak HTTP/2.
  static int OnError(nghttp2_session*, int error, const char*, size_t, void* data) {
    if (error != NGHTTP2_ERR_SETTINGS_EXPECTED) return 0;
    const LoopScope scope(From(data)->env());
    TellError(From(data), NGHTTP2_ERR_PROTO);
    return 0;
  }

  static nghttp2_ssize OnSelectPadding(nghttp2_session*, const nghttp2_frame* frame, size_t most, void* data) {
    const size_t length = frame->hd.length;
    if (From(data)->padding_ == Padding::kMax) return static_cast<nghttp2_ssize>(most);
    // With its header of 9 bytes the frame is a multiple of 8 then.
    const size_t rest = (length + 9) % 8;
    return static_cast<nghttp2_ssize>(rest == 0 ? length : std::min(most, length + 8 - rest));
  }
};

const nghttp2_session_callbacks* SessionCallbacks(Padding padding) {
  static const nghttp2_session_callbacks* const plain = Frames::Callbacks(false);
  static const nghttp2_session_callbacks* const padded = Frames::Callbacks(true);
  return padding == Padding::kNone ? plain : padded;
}

}  // namespace dv8::node::http2
