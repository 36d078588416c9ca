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
func (r reply) write(w http.ResponseWriter) {
	if r.drop {
		breakConnection(w, "HTTP/1.1 ")
		return
	}
	body, contentType := r.body, r.contentType
	switch {
	case r.status != nil && r.reason != "":
		body = legacyBody(r.httpStatus(), r.reason, r.status.Message)
	case r.status != nil:
		body = errorBody(*r.status)
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

// errorBody is the form of Google's errors.
func errorBody(status lro.Status) []byte {
	failed := map[string]any{"code": status.Code.HTTPStatus(), "message": status.Message, "status": status.Code.String()}
	if len(status.Details) > 0 {
		failed["details"] = status.Details
	}
	return object(map[string]any{"error": failed})
}
