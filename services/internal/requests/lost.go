package requests

import (
	"context"
	"errors"
	"net"
	"net/url"
	"strings"

	"github.com/awaitop/awaitop/lro"
)

// LostStatus is the status of a request whose reply was lost: DEADLINE_EXCEEDED after a timeout, else
// UNAVAILABLE. what says what happened.
func LostStatus(what string, err error) lro.Status {
	code := lro.CodeUnavailable
	if IsTimeout(err) {
		code = lro.CodeDeadlineExceeded
	}
	return lro.Status{Code: code, Message: what + ": " + LineOf(err)}
}

// IsTimeout reports whether err is a timeout of the try, the dial or the TLS
// handshake.
func IsTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
}

// LineOf is err's text in one line, without the URL, whose query may hold an API key, and without a
// body, which token errors append.
func LineOf(err error) string {
	var inURL *url.Error
	for errors.As(err, &inURL) {
		err = inURL.Err
		inURL = nil
	}
	text := err.Error()
	if i := strings.IndexAny(text, "{<\r\n"); i >= 0 {
		text = text[:i]
	}
	text = strings.TrimRight(text, " :,")
	if strings.Contains(text, plainReply) {
		text += "; for a service without TLS, such as an emulator, write http:// in its endpoint"
	}
	return text
}

// plainReply is in net/http's error for a server without TLS, which has no type.
const plainReply = "server gave HTTP response to HTTPS client"
