package testsuite

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/awaitop/awaitop/lro"
)

// reply is what the service answers, before it is written to a connection or
// read by the in-memory client.
type reply struct {
	status      *lro.Status // an error of the service's own
	reason      string      // of an error in the older form
	http        int         // 0 is 200, or what status maps to
	contentType string      // "" is JSON
	body        []byte
	retryAfter  time.Duration
	drop        bool         // the connection breaks before the reply
	cut         bool         // the connection breaks in the middle of the body
	done        []*operation // those that the body shows done
	operation   bool         // the body is an operation
}

func ok(body json.RawMessage) reply { return reply{body: body} }

var empty = ok(json.RawMessage("{}"))

func failed(code lro.Code, message string) reply {
	return reply{status: &lro.Status{Code: code, Message: message}}
}

func notFound(kind, name string) reply { return failed(lro.CodeNotFound, kind+" not found: "+name) }

func (r reply) httpStatus() int {
	switch {
	case r.drop:
		return 0
	case r.http != 0:
		return r.http
	case r.status != nil:
		return r.status.Code.HTTPStatus()
	default:
		return http.StatusOK
	}
}

// code is the reply's code as a client sees it.
func (r reply) code() lro.Code {
	switch {
	case r.drop || r.cut:
		return lro.CodeUnavailable
	case r.status != nil:
		return r.status.Code
	case r.httpStatus() == http.StatusOK:
		return lro.CodeOK
	default:
		return lro.StandInCode(r.httpStatus())
	}
}

// err returns the error a client makes of the reply, nil if it is a whole 200.
func (r reply) err(method Method) error {
	failed := &lro.Error{Method: string(method), HTTP: r.httpStatus(), RetryAfter: r.retryAfter}
	switch {
	case r.drop:
		failed.Status = lro.Status{Code: lro.CodeUnavailable, Message: "the connection broke before a reply came"}
		failed.NoStatus = true
		failed.Cause = io.ErrUnexpectedEOF
	case r.cut:
		failed.Status = lro.Status{Code: lro.CodeUnavailable, Message: "the reply was cut off"}
		failed.NoStatus = true
		failed.Cause = io.ErrUnexpectedEOF
	case r.status != nil:
		failed.Status = *r.status
		if r.reason != "" {
			failed.Status.Details = append(slices.Clip(failed.Status.Details), legacyInfo(r.reason))
		}
		if delay, ok := r.status.RetryDelay(); ok {
			failed.RetryAfter = max(failed.RetryAfter, delay)
		}
	case r.httpStatus() != http.StatusOK:
		failed.NoStatus = true
		failed.Status = lro.Status{Code: r.code(), Message: fmt.Sprintf("HTTP %d %s without a google.rpc.Status", r.httpStatus(), http.StatusText(r.httpStatus()))}
	default:
		return nil
	}
	return failed
}

// undecodable is the error for a 200 whose body cannot be read. Reading again
// can help, so it is no protocol error.
func undecodable(method Method, err error) error {
	return &lro.Error{
		Method: string(method), HTTP: http.StatusOK, Cause: err, NoStatus: true,
		Status: lro.Status{Code: lro.CodeUnknown, Message: "the reply cannot be decoded"},
	}
}
