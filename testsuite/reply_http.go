package testsuite

import (
	"fmt"
	"math"
	"net/http"
	"strconv"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// write sends the reply over HTTP.
func (r reply) write(w http.ResponseWriter, format ErrorFormat) {
	if r.drop {
		breakConnection(w, "HTTP/1.1 ")
		return
	}
	body, contentType := r.body, r.contentType
	if r.status != nil {
		body = errorBody(*r.status, format)
	}
	if contentType == "" {
		contentType = "application/json; charset=UTF-8"
	}
	if r.cut {
		breakConnection(w, fmt.Sprintf("HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %d\r\n\r\n%s",
			r.httpStatus(), http.StatusText(r.httpStatus()), contentType, len(body)+1, body[:len(body)/2]))
		return
	}
	if r.retryAfter > 0 {
		w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(r.retryAfter.Seconds()))))
	}
	w.Header().Set("Content-Type", contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(r.httpStatus())
	_, _ = w.Write(body) // a client that is gone needs no reply
}

// breakConnection sends the given bytes and closes the connection. Some bytes
// must be sent: Go's transport silently repeats a GET on a reused connection
// that closes without any, and the fault would not be seen.
func breakConnection(w http.ResponseWriter, bytes string) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler) // HTTP/2 has none; its stream is reset
	}
	_ = connection.SetWriteDeadline(time.Now().Add(10 * time.Second))
	_, _ = connection.Write([]byte(bytes))
	_ = connection.Close()
}

func errorBody(status lro.Status, format ErrorFormat) []byte {
	if format == ErrorsGateway {
		body := map[string]any{"code": int(status.Code), "message": status.Message, "details": []any{}}
		if len(status.Details) > 0 {
			body["details"] = status.Details
		}
		return object(body)
	}
	failed := map[string]any{"code": status.Code.HTTPStatus(), "message": status.Message}
	if format == ErrorsLegacy {
		failed["errors"] = []any{map[string]any{
			"message": status.Message, "domain": "global", "reason": legacyReason(status),
		}}
		return object(map[string]any{"error": failed})
	}
	failed["status"] = status.Code.String()
	if len(status.Details) > 0 {
		failed["details"] = status.Details
	}
	return object(map[string]any{"error": failed})
}

// legacyReason is the reason that Google's older errors give.
func legacyReason(status lro.Status) string {
	if reason, _ := status.Reason(); reason == "RATE_LIMIT_EXCEEDED" {
		return "rateLimitExceeded"
	}
	switch status.Code {
	case lro.CodeNotFound:
		return "notFound"
	case lro.CodePermissionDenied:
		return "forbidden"
	case lro.CodeUnauthenticated:
		return "authError"
	case lro.CodeAlreadyExists:
		return "alreadyExists"
	case lro.CodeResourceExhausted:
		return "rateLimitExceeded"
	case lro.CodeInvalidArgument, lro.CodeFailedPrecondition, lro.CodeOutOfRange:
		return "badRequest"
	default:
		return "backendError"
	}
}
