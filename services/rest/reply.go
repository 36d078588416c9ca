package rest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/awaitop/awaitop/lro"
)

// reply is a reply over HTTP.
type reply struct {
	http   int
	header http.Header
	body   []byte
	cut    error // why body is not complete: errTooLarge, or the connection's error
	room   io.Closer
}

// done gives the reply's room back once it has been decoded.
func (r reply) done() {
	if r.room != nil {
		_ = r.room.Close() // Close never fails
	}
}

func (r reply) isSuccess() bool { return r.http >= 200 && r.http <= 299 }

// failure is the error for a reply that is not a success, or that could not be read to its end. It
// is nil for any other reply. A success with the API's own error in place of the result is a
// failure: some front ends send those.
func (c *Client) failure(method string, r reply) error {
	if r.cut != nil && r.isSuccess() {
		return c.unreadable(method, r.http, r.cut)
	}
	failed := &lro.Error{Method: method, HTTP: r.http, Cause: r.cut}
	status, found := lro.Status{}, false
	if r.cut == nil && len(r.body) <= maxErrorBody {
		status, found = parseStatus(r.http, r.body)
	}
	switch {
	case found:
		failed.Status = status
	case r.isSuccess():
		return nil
	default:
		failed.Status, failed.NoStatus = c.standIn(r), true
	}
	advice, _ := failed.Status.RetryDelay()
	failed.RetryAfter = max(advice, retryAfter(r.header, c.options.Clock.Now()))
	return failed
}

// standIn takes the place of the Status that an error reply does not have.
func (c *Client) standIn(r reply) lro.Status {
	text := r.line() + " without a google.rpc.Status"
	switch {
	case errors.Is(r.cut, errTooLarge):
		text += fmt.Sprintf("; the body is longer than %d bytes", min(c.options.MaxBodySize, maxErrorBody))
	case r.cut != nil:
		text += "; the body was cut off"
	case r.http >= 300 && r.http <= 399:
		text += "; redirects are not followed" + r.redirectHost()
	default:
		text += "; " + r.words()
	}
	return lro.Status{Code: lro.StandInCode(r.http), Message: text}
}

// undecodable is the error for a success whose body err refused. Its code is UNKNOWN, because the
// reply did not say that anything failed.
func (r reply) undecodable(method string, err error) error {
	failed := &lro.Error{Method: method, HTTP: r.http, Cause: err, NoStatus: true}
	failed.Status = lro.Status{Code: lro.CodeUnknown, Message: err.Error()}
	if !json.Valid(r.body) {
		failed.Status.Message = r.line() + " that is not JSON; " + r.words()
	}
	return failed
}

// line is the status line, such as "HTTP 404 Not Found".
func (r reply) line() string {
	return strings.TrimSpace(fmt.Sprintf("HTTP %d %s", r.http, http.StatusText(r.http)))
}

// maxWords bounds, in bytes, how much of a body a message quotes.
const maxWords = 80

// mediaTypes are the media types that a message quotes.
var mediaTypes = regexp.MustCompile(`^[a-z]{1,20}/[a-z0-9.+-]{1,60}$`)

// words are the media type and the first words of the body, on one line and escaped.
func (r reply) words() string {
	if len(r.body) == 0 {
		return "an empty body"
	}
	kind, _, err := mime.ParseMediaType(r.header.Get("Content-Type"))
	if err != nil || !mediaTypes.MatchString(kind) {
		kind = "of no media type"
	}
	start := strings.Join(strings.Fields(string(r.body[:min(len(r.body), 4*maxWords)])), " ")
	end := min(len(start), maxWords)
	for end > 0 && end < len(start) && !utf8.RuneStart(start[end]) {
		end--
	}
	text := strconv.QuoteToASCII(start[:end])
	if end < len(start) || len(r.body) > 4*maxWords {
		text += "..."
	}
	return fmt.Sprintf("%d bytes, %s: %s", len(r.body), kind, text)
}

func (r reply) redirectHost() string {
	target, err := url.Parse(r.header.Get("Location"))
	if err != nil || target.Host == "" {
		return ""
	}
	return ", here to " + target.Host
}
