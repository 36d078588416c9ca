package conformance_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"testing"
	"time"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/testsuite/conformance"
)

func TestServiceIsAClient(t *testing.T) {
	t.Parallel()
	conformance.TestClient(t, func(_ *testing.T, service *testsuite.Service) lro.Client { return service })
}

func TestLeastClient(t *testing.T) {
	t.Parallel()
	conformance.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
		return httpClient{base: service.Serve(t) + "/v1/"}
	})
}

// The suite in the test of a client: TestMyClient(t *testing.T).
func ExampleTestClient() {
	_ = func(t *testing.T) {
		conformance.TestClient(t, func(t *testing.T, service *testsuite.Service) lro.Client {
			return httpClient{base: service.Serve(t) + "/v1/"} // the client under test
		})
	}
}

// The suite for the operations of a Compute Engine's zone, which cannot be canceled.
func ExampleTestForm() {
	zone := conformance.Form{Service: "compute.googleapis.com", Operation: "projects/p/zones/us-east4-a/operations/o", NoCancel: true}
	_ = func(t *testing.T) {
		conformance.TestForm(t, zone, func(t *testing.T, service *testsuite.Service) lro.Client {
			client, err := rest.New(t.Context(), rest.Options{ // the client under test
				Services:              []rest.Service{{Name: zone.Service, Endpoint: service.Serve(t)}},
				WithoutAuthentication: true,
			})
			if err != nil {
				t.Fatal(err)
			}
			return client
		})
	}
}

// httpClient is the least client that passes the suite over HTTP: it shows the wire
// format without services/rest.
type httpClient struct{ base string }

func (c httpClient) GetOperation(ctx context.Context, ref lro.Ref) (lro.Operation, error) {
	body, err := c.send(ctx, "GetOperation", http.MethodGet, ref.Validate(), ref.Service, ref.Name, nil)
	if err != nil {
		return lro.Operation{}, err
	}
	return lro.ParseOperation(body)
}

func (c httpClient) CancelOperation(ctx context.Context, ref lro.Ref) error {
	_, err := c.send(ctx, "CancelOperation", http.MethodPost, ref.Validate(), ref.Service, ref.Name+":cancel", nil)
	return err
}

func (c httpClient) DeleteOperation(ctx context.Context, ref lro.Ref) error {
	_, err := c.send(ctx, "DeleteOperation", http.MethodDelete, ref.Validate(), ref.Service, ref.Name, nil)
	return err
}

func (c httpClient) ListOperations(ctx context.Context, in lro.ListRequest) (lro.Page, error) {
	args := url.Values{
		"filter": {in.Filter}, "pageSize": {strconv.Itoa(in.PageSize)}, "pageToken": {in.PageToken},
		"returnPartialSuccess": {strconv.FormatBool(in.ReturnPartialSuccess)},
	}
	body, err := c.send(ctx, "ListOperations", http.MethodGet, in.Collection.Validate(), in.Collection.Service, in.Collection.Name, args)
	if err != nil {
		return lro.Page{}, err
	}
	var page lro.Page
	err = json.Unmarshal(body, &page)
	return page, err
}

func (c httpClient) send(ctx context.Context, method, verb string, invalid error, service, path string, args url.Values) ([]byte, error) {
	if invalid != nil {
		return nil, invalid
	}
	if service != lro.SpannerService {
		return nil, &lro.InvalidError{Field: "ref.service", Value: service, Want: lro.SpannerService}
	}
	target := c.base + (&url.URL{Path: path}).EscapedPath() + "?" + args.Encode()
	request, err := http.NewRequestWithContext(ctx, verb, target, nil)
	if err != nil {
		return nil, err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, &lro.Error{Method: method, Status: lro.Status{Code: lro.CodeUnavailable}, Cause: err}
	}
	body, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err != nil {
		return nil, &lro.Error{Method: method, HTTP: response.StatusCode, Status: lro.Status{Code: lro.CodeUnavailable}, Cause: err}
	}
	return body, readReply(method, response, body)
}

// readReply returns the error in a reply, nil for a 200 that is JSON.
func readReply(method string, response *http.Response, body []byte) error {
	failed := &lro.Error{Method: method, HTTP: response.StatusCode}
	if response.StatusCode == http.StatusOK {
		if json.Valid(body) {
			return nil
		}
		failed.Status.Code = lro.CodeUnknown
		return failed
	}
	failed.Status, failed.NoStatus = readStatus(response.StatusCode, body)
	seconds, _ := strconv.Atoi(response.Header.Get("Retry-After"))
	failed.RetryAfter = time.Duration(seconds) * time.Second
	if delay, ok := failed.Status.RetryDelay(); ok {
		failed.RetryAfter = max(failed.RetryAfter, delay)
	}
	return failed
}

func readStatus(status int, body []byte) (read lro.Status, none bool) {
	var google struct {
		Error *struct {
			Status  string
			Message string
			Details []json.RawMessage
		}
	}
	switch {
	case json.Unmarshal(body, &google) == nil && google.Error != nil:
		code, err := lro.ParseCode(google.Error.Status)
		if err != nil {
			return lro.Status{Code: lro.CodeUnknown, Message: err.Error()}, false
		}
		return lro.Status{Code: code, Message: google.Error.Message, Details: google.Error.Details}, false
	default:
		return lro.Status{Code: lro.StandInCode(status)}, true
	}
}
