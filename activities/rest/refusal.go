package rest

import (
	"cmp"
	"errors"
	"fmt"
	"mime"
	"net/http"

	"github.com/awaitop/awaitop/activities"
	"github.com/awaitop/awaitop/lro"
)

// refusal is the error for a reply that is no 2xx. A body that was too long or
// was cut off, by readErr, is not looked at: the HTTP status stands alone.
func (c *Client) refusal(method string, response *http.Response, body []byte, readErr error) error {
	failed := &activities.Error{Method: method, HTTP: response.StatusCode, Cause: readErr}
	failed.Status = parseStatus(response.StatusCode, body)
	failed.Status.Message = cmp.Or(failed.Status.Message, c.describe(response, body, readErr))
	advice, _ := failed.Status.RetryDelay()
	failed.RetryAfter = max(advice, retryAfter(response.Header, c.options.Clock.Now()))
	return failed
}

// describe stands in for a message that the body does not have. It never quotes
// the body.
func (c *Client) describe(response *http.Response, body []byte, readErr error) string {
	text := cmp.Or(http.StatusText(response.StatusCode), "unknown HTTP status")
	_, isStatus := unwrap(body)
	switch {
	case errors.Is(readErr, errTooLarge):
		return fmt.Sprintf("%s; the body is longer than the %d bytes of MaxBodySize", text, c.options.MaxBodySize)
	case readErr != nil:
		return text + "; the body was cut off"
	case response.StatusCode >= 300 && response.StatusCode <= 399:
		return text + "; redirects are not followed" + redirectHost(response)
	case len(body) > 0 && !isStatus:
		return fmt.Sprintf("%s; the body of %d bytes (%s) is no google.rpc.Status", text, len(body), mediaType(response))
	default:
		return text
	}
}

func redirectHost(response *http.Response) string {
	target, err := response.Location()
	if err != nil || target.Host == "" {
		return ""
	}
	return ", here to " + target.Host
}

func mediaType(response *http.Response) string {
	kind, _, err := mime.ParseMediaType(response.Header.Get("Content-Type"))
	if err != nil {
		return "of unknown type"
	}
	return kind
}

// codeFromHTTP is the google.rpc.Code for an HTTP status, by the mapping that
// google.rpc.Code documents. Where several codes share a status it is the one
// that promises least: 409 is ABORTED, not ALREADY_EXISTS. What is not listed
// is UNKNOWN, which is transient.
func codeFromHTTP(status int) lro.Code {
	switch status {
	case http.StatusBadRequest:
		return lro.CodeInvalidArgument
	case http.StatusUnauthorized:
		return lro.CodeUnauthenticated
	case http.StatusForbidden:
		return lro.CodePermissionDenied
	case http.StatusNotFound:
		return lro.CodeNotFound
	case http.StatusConflict:
		return lro.CodeAborted
	case http.StatusRequestedRangeNotSatisfiable:
		return lro.CodeOutOfRange
	case http.StatusTooManyRequests:
		return lro.CodeResourceExhausted
	case 499: // client closed request, of nginx and google.rpc
		return lro.CodeCanceled
	case http.StatusInternalServerError:
		return lro.CodeInternal
	case http.StatusNotImplemented:
		return lro.CodeUnimplemented
	case http.StatusBadGateway, http.StatusServiceUnavailable:
		return lro.CodeUnavailable
	case http.StatusRequestTimeout, http.StatusGatewayTimeout:
		return lro.CodeDeadlineExceeded
	default:
		return lro.CodeUnknown
	}
}
