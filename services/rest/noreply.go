package rest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"

	"cloud.google.com/go/auth"
	"cloud.google.com/go/compute/metadata"

	"github.com/awaitop/awaitop/lro"
)

// noReply is the error for a request without a reply. sent says whether it passed authentication.
func (c *Client) noReply(method string, err error, sent bool) *lro.Error {
	if !sent {
		return &lro.Error{Method: method, Cause: err, NoStatus: true, Unsent: true, Status: tokenStatus(err)}
	}
	return &lro.Error{Method: method, Cause: err, NoStatus: true, Unsent: !connected(err), Status: lostStatus("no reply", err)}
}

// connected reports whether there may have been a connection to the service.
func connected(err error) bool {
	var failed *net.OpError
	return !errors.As(err, &failed) || failed.Op != "dial"
}

// unreadable is the error for a success whose body could not be read to its end.
func (c *Client) unreadable(method string, code int, err error) *lro.Error {
	failed := &lro.Error{Method: method, HTTP: code, Cause: err, NoStatus: true}
	failed.Status = lostStatus("the reply was cut off", err)
	if errors.Is(err, errTooLarge) { // the next one would be too large, too
		failed.Status = lro.Status{Code: lro.CodeOutOfRange, Message: fmt.Sprintf("the reply is longer than the %d bytes of MaxBodySize, or half of MaxBytesInFlight", min(c.options.MaxBodySize, c.room.size))}
	}
	return failed
}

func lostStatus(what string, err error) lro.Status {
	code := lro.CodeUnavailable
	if isTimeout(err) {
		code = lro.CodeDeadlineExceeded
	}
	return lro.Status{Code: code, Message: what + ": " + lineOf(err)}
}

// tokenStatus says why there was no access token. A refusal is any 4xx but "too slow" and "too
// many". It is UNAUTHENTICATED, and an operator has to mend it. Any other failure is UNAVAILABLE:
// it must not end a wait.
func tokenStatus(err error) lro.Status {
	code := tokenHTTP(err)
	switch {
	case code == http.StatusRequestTimeout || code == http.StatusTooManyRequests || code >= 500:
		return lro.Status{Code: lro.CodeUnavailable, Message: fmt.Sprintf("no access token: its issuer answered HTTP %d", code)}
	case code >= 400:
		return lro.Status{Code: lro.CodeUnauthenticated, Message: fmt.Sprintf("no access token: its issuer refused the worker's credentials with HTTP %d%s; "+
			"check GOOGLE_APPLICATION_CREDENTIALS or Options.Credentials", code, oauthError(err))}
	default:
		return lostStatus("no access token", err)
	}
}

// tokenHTTP returns the HTTP status in a token fetch's error, 0 without one. Errors of
// golang.org/x/oauth2 come as [auth.Error], too.
func tokenHTTP(err error) int {
	var refused *auth.Error
	if errors.As(err, &refused) && refused.Response != nil {
		return refused.Response.StatusCode
	}
	var compute *metadata.Error
	if errors.As(err, &compute) {
		return compute.Code
	}
	return 0
}

// oauthError is OAuth's word for a refusal, such as " (invalid_grant)". Only words of its alphabet
// pass, because the rest of the body may be any text.
func oauthError(err error) string {
	var refused *auth.Error
	if !errors.As(err, &refused) {
		return ""
	}
	if word := oauthWord(refused.Body); oauthWords.MatchString(word) {
		return " (" + word + ")"
	}
	return ""
}

var oauthWords = regexp.MustCompile(`^[a-z_]{1,40}$`)

// isTimeout reports whether err is a timeout of the try, the dial or the TLS
// handshake.
func isTimeout(err error) bool {
	var timed net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.As(err, &timed) && timed.Timeout()
}

// lineOf is err's text in one line, without the URL, whose query may hold an API key, and without a
// body, which token errors append.
func lineOf(err error) string {
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
