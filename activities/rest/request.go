package rest

import (
	"bytes"
	"context"
	"net/http"
	"net/url"

	"github.com/awaitop/awaitop/lro"
)

// request is one call of a google.longrunning method.
type request struct {
	method string // as in google.longrunning, such as "GetOperation"
	about  resource
	verb   string
	url    string // without a query
	query  url.Values
}

// try makes one HTTP request, and returns a reply that is no error. ctx ends with the
// try's timeout or the caller.
func (c *Client) try(ctx context.Context, r request) (reply, error) {
	ctx, sent := withSendMark(ctx)
	httpRequest, err := http.NewRequestWithContext(ctx, r.verb, r.url+"?"+c.query(r), nil)
	if err != nil {
		return reply{}, &lro.InvalidError{Field: "ref", Value: r.url, Want: "a name that can stand in a URL"}
	}
	response, err := c.http.Do(httpRequest)
	if err != nil {
		return reply{}, c.noReply(r.method, err, sent.Load())
	}
	defer func() { _ = response.Body.Close() }() // all that matters has been read
	answer := reply{http: response.StatusCode, header: response.Header}
	answer.body, answer.cut = readBody(response)
	return answer, c.failure(r.method, answer)
}

// query adds Google's system parameters, as generated clients do. Services that
// do not know them ignore them.
func (c *Client) query(r request) string {
	query := url.Values{"alt": {"json"}, "prettyPrint": {"false"}}
	for name, values := range r.query {
		query[name] = values
	}
	if c.options.ErrorFormat != ErrorFormatUnset {
		query.Set("$.xgafv", string(c.options.ErrorFormat))
	}
	return query.Encode()
}

// readBody reads the whole body or fails: with errTooLarge over MaxBodySize, or
// with the connection's error. Then nothing that came is of use.
func readBody(response *http.Response) ([]byte, error) {
	var body bytes.Buffer
	if length := min(response.ContentLength, DefaultMaxBodySize); length > 0 {
		body.Grow(int(length) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(response.Body); err != nil {
		return nil, err
	}
	return body.Bytes(), nil
}
