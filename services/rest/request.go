package rest

import (
	"bytes"
	"context"
	"io"
	"maps"
	"net/http"
	"net/url"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// request is one call of a google.longrunning method.
type request struct {
	method  string // as in google.longrunning, such as "GetOperation"
	about   resource
	service served
	verb    string
	url     string // without a query
	query   url.Values
	body    []byte        // JSON, nil for none
	within  time.Duration // bounds the try; 0 is Options.RequestTimeout
}

// request is the request of a method to the target. query has parameters beside the target's.
func (t target) request(method string, about resource, query url.Values) request {
	all := url.Values{}
	maps.Copy(all, t.query)
	maps.Copy(all, query)
	return request{method: method, about: about, service: t.service, verb: t.verb, url: t.url, query: all}
}

// try makes one HTTP request, and returns a reply that is not an error. ctx ends with the try's
// timeout or the caller. The caller has to give the reply's room back.
func (c *Client) try(ctx context.Context, r request) (reply, error) {
	ctx, sent := withSendMark(ctx)
	httpRequest, err := http.NewRequestWithContext(ctx, r.verb, r.url+"?"+r.allQuery(), bytes.NewReader(r.body))
	if err != nil {
		return reply{}, &lro.InvalidError{Field: "ref", Value: r.url, Want: "a name that can stand in a URL"}
	}
	if len(r.body) > 0 {
		httpRequest.Header.Set("Content-Type", "application/json")
	}
	response, err := c.http[r.service.access].Do(httpRequest) //nolint:bodyclose // reply.done closes it, once it has been decoded
	if err != nil {
		return reply{}, c.noReply(r.method, err, sent.Load())
	}
	answer := reply{http: response.StatusCode, header: response.Header, room: response.Body}
	answer.body, answer.cut = readBody(response)
	return answer, c.failure(r.method, answer)
}

// allQuery adds Google's system parameters, as generated clients do. Services that do not know them
// ignore them.
func (r request) allQuery() string {
	query := url.Values{"alt": {"json"}, "prettyPrint": {"false"}}
	for name, values := range r.query {
		query[name] = values
	}
	if r.service.format != ErrorFormatUnset {
		query.Set("$.xgafv", string(r.service.format))
	}
	return query.Encode()
}

// readBody reads the body, or fails as [guard] does. Its length is known by then.
func readBody(response *http.Response) ([]byte, error) {
	if response.ContentLength < 0 {
		return io.ReadAll(response.Body)
	}
	body := make([]byte, response.ContentLength)
	_, err := io.ReadFull(response.Body, body)
	return body, err
}
