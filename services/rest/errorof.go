package rest

import (
	"io"
	"net/http"
)

// ErrorOf is the error that a reply stands for, an [*lro.Error], nil for a success. A client over
// net/http returns it, so that awaitop decides by the service's own status. method names the call in
// messages, such as "CreateThing". ErrorOf reads the body of a failure, up to its limit, and does not
// close it. It leaves a success as it is.
func ErrorOf(method string, response *http.Response) error {
	r := reply{http: response.StatusCode, header: response.Header}
	if r.isSuccess() {
		return nil
	}
	r.body, r.cut = io.ReadAll(io.LimitReader(response.Body, maxErrorBody+1))
	if len(r.body) > maxErrorBody {
		r.cut = errTooLarge
	}
	r.body = validText(r.body)
	c := &Client{options: Options{}.withDefaults()}
	return c.failure(method, r)
}
