package rest_test

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

const systemParameters = "%24.xgafv=2&alt=json&prettyPrint=false"

// call is one method of the Client, its result turned into an error only.
type call struct {
	name string
	do   func(*testing.T, *rest.Client) error
}

func calls(ref lro.Ref) []call {
	return []call{
		{"GetOperation", func(t *testing.T, c *rest.Client) error {
			_, err := c.GetOperation(t.Context(), ref)
			return err
		}},
		{"CancelOperation", func(t *testing.T, c *rest.Client) error { return c.CancelOperation(t.Context(), ref) }},
		{"DeleteOperation", func(t *testing.T, c *rest.Client) error { return c.DeleteOperation(t.Context(), ref) }},
		{"ListOperations", func(t *testing.T, c *rest.Client) error {
			_, err := c.ListOperations(t.Context(), lro.ListRequest{Collection: ref.Collection()})
			return err
		}},
	}
}

func TestRequests(t *testing.T) {
	t.Parallel()
	list := lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/databaseOperations"}}
	fullList := list
	fullList.Filter, fullList.PageSize, fullList.PageToken, fullList.ReturnPartialSuccess = "done:false AND a=b", 7, "t/+=", true
	listing := func(input lro.ListRequest) func(*testing.T, *rest.Client) error {
		return func(t *testing.T, c *rest.Client) error {
			_, err := c.ListOperations(t.Context(), input)
			return err
		}
	}
	methods := calls(operationRef)
	rows := []struct {
		reason string
		do     func(*testing.T, *rest.Client) error
		change func(*rest.Options)
		want   string
	}{
		{reason: "Get is a GET of the name", do: methods[0].do, want: "GET /v1/" + operationName + "?" + systemParameters},
		{reason: "Cancel is a custom method", do: methods[1].do, want: "POST /v1/" + operationName + ":cancel?" + systemParameters},
		{reason: "Delete is a DELETE of the name", do: methods[2].do, want: "DELETE /v1/" + operationName + "?" + systemParameters},
		{reason: "what is zero in a List is not sent", do: listing(list), want: "GET /v1/projects/p/instances/i/databaseOperations?" + systemParameters},
		{reason: "what is set in a List is escaped", do: listing(fullList), want: "GET /v1/projects/p/instances/i/databaseOperations?%24.xgafv=2&alt=json&filter=done%3Afalse+AND+a%3Db&pageSize=7&pageToken=t%2F%2B%3D&prettyPrint=false&returnPartialSuccess=true"},
		{reason: "the older error format", do: methods[0].do, change: func(o *rest.Options) { o.ErrorFormat = rest.ErrorFormatV1 }, want: "GET /v1/" + operationName + "?%24.xgafv=1&alt=json&prettyPrint=false"},
		{reason: "no error format", do: methods[0].do, change: func(o *rest.Options) { o.ErrorFormat = rest.ErrorFormatUnset }, want: "GET /v1/" + operationName + "?alt=json&prettyPrint=false"},
		{reason: "a version of its own", do: methods[0].do, change: func(o *rest.Options) { o.Services[0].Version = "dns/v1" }, want: "GET /dns/v1/" + operationName + "?" + systemParameters},
		{reason: "a constant prefix", do: methods[1].do, change: func(o *rest.Options) { o.Services[0].Prefix = "/admin/" }, want: "POST /v1/admin/" + operationName + ":cancel?" + systemParameters},
		{reason: "an endpoint with a path", do: methods[0].do, change: func(o *rest.Options) { o.Services[0].Endpoint += "/proxy/" }, want: "GET /proxy/v1/" + operationName + "?" + systemParameters},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"nextPageToken":"","done":true}`))
			change := row.change
			if change == nil {
				change = func(*rest.Options) {}
			}
			if err := row.do(t, s.client(t, change)); err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, r := range s.received() {
				got = append(got, r.Method+" "+r.RequestURI)
			}
			if diff := cmp.Diff([]string{row.want}, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEscaping(t *testing.T) {
	t.Parallel()
	rows := []struct{ name, want, reason string }{
		{"operations/a+b=c", "/v1/operations/a+b=c", "base64 as it is"},
		{"operations/a:b:1", "/v1/operations/a:b:1", "a colon that starts no verb"},
		{"projects/domain.com:p/operations/o", "/v1/projects/domain.com:p/operations/o", "a domain-scoped project"},
		{"operations/a;b,c", "/v1/operations/a%3Bb%2Cc", "no path parameters"},
		{`operations/a"<b>`, "/v1/operations/a%22%3Cb%3E", "what a URL cannot hold"},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"done":true}`))
			client := s.client(t, func(o *rest.Options) { o.Services = []rest.Service{{Name: "a.example", Endpoint: s.url}} })
			if _, err := client.GetOperation(t.Context(), lro.Ref{Service: "a.example", Name: row.name}); err != nil {
				t.Fatal(err)
			}
			got, _, _ := strings.Cut(s.received()[0].RequestURI, "?")
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", row.reason, diff)
			}
			if diff := cmp.Diff("/v1/"+row.name, s.received()[0].URL.Path); diff != "" {
				t.Errorf("the server reads another name (-want +got):\n%s", diff)
			}
		})
	}
}

// TestEncodedSlash sees the one escape that a name may have sent as it is.
func TestEncodedSlash(t *testing.T) {
	t.Parallel()
	const name = "policies/cloudresourcemanager.googleapis.com%2Fprojects%2F123/denypolicies/d/operations/o"
	s := serve(t, answer(200, `{"done":true}`))
	client := s.client(t, func(o *rest.Options) {
		o.Services = []rest.Service{{Name: "iam.googleapis.com", Endpoint: s.url, Version: "v2"}}
		o.AllowedPrefixes = []string{"policies/cloudresourcemanager.googleapis.com%2Fprojects%2F123"}
	})
	if _, err := client.GetOperation(t.Context(), lro.Ref{Service: "iam.googleapis.com", Name: name}); err != nil {
		t.Fatal(err)
	}
	got, _, _ := strings.Cut(s.received()[0].RequestURI, "?")
	if diff := cmp.Diff("/v2/"+name, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestGetOperation(t *testing.T) {
	t.Parallel()
	body := `{"name":"` + operationName + `","metadata":{"@type":"type.googleapis.com/no.such.Type","n":12345678901234567890},"done":true,"response":{"x":1.10}}`
	want := lro.Operation{
		Name: operationName, Done: true,
		Metadata: json.RawMessage(`{"@type":"type.googleapis.com/no.such.Type","n":12345678901234567890}`),
		Response: json.RawMessage(`{"x":1.10}`),
	}
	zipped := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		_, _ = io.WriteString(z, body)
		_ = z.Close()
	}
	for reason, handler := range map[string]http.HandlerFunc{"plain": answer(200, body), "compressed": zipped} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			got, err := serve(t, handler).client(t).GetOperation(t.Context(), operationRef)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestListOperations(t *testing.T) {
	t.Parallel()
	full := lro.Page{
		Operations:    []lro.Operation{{Name: "operations/a"}, {Name: "operations/b", Done: true, Error: &lro.Status{Code: lro.CodeCanceled}}},
		NextPageToken: "n", Unreachable: []string{"projects/p/instances/down"},
	}
	rows := []struct {
		body   string
		want   lro.Page
		class  lro.Class // "" where no error is wanted
		reason string
	}{
		{body: `{"operations":[{"name":"operations/a"},{"name":"operations/b","done":true,"error":{"code":1}}],"nextPageToken":"n","unreachable":["projects/p/instances/down"]}`, want: full, reason: "a page"},
		{body: `{}`, reason: "an empty page"},
		{body: `{"nextPageToken":"n"}`, want: lro.Page{NextPageToken: "n"}, reason: "an empty page that is not the last"},
		{body: `{"operations":null,"unreachable":null}`, reason: "null is absent"},
		{body: `null`, class: lro.ClassProtocol, reason: "no object"},
		{body: `[]`, class: lro.ClassProtocol, reason: "no object"},
		{body: `{"instances":[]}`, class: lro.ClassProtocol, reason: "another method's page must not read as an empty one"},
		{body: `{"operations":{}}`, class: lro.ClassProtocol, reason: "operations are an array"},
		{body: `{"operations":[{"name":"odd","done":true,"error":{"code":0}},{"name":"operations/a"},null,7,{"kind":"x"},{"name":"projects/p/instances/i","state":"READY"},{"name":"operation-1","status":"DONE","operationType":"CREATE_CLUSTER"},{"name":"operations/b","done":true,"error":{"code":1}}],"nextPageToken":"n","unreachable":["projects/p/instances/down"]}`, want: full, reason: "what is no operation spoils no page"},
		{body: `{"operations":[{"name":"a","done":true,"error":{"code":0}}]}`, reason: "a page of nothing else is empty"},
		{body: `<html>`, class: lro.ClassTransient, reason: "a proxy's page"},
		{body: ``, class: lro.ClassTransient, reason: "nothing"},
	}
	for _, row := range rows {
		t.Run(row.reason+" "+row.body, func(t *testing.T) {
			t.Parallel()
			client := serve(t, answer(200, row.body)).client(t)
			got, err := client.ListOperations(t.Context(), lro.ListRequest{Collection: lro.Collection{Service: lro.SpannerService, Name: "projects/p/instances/i/operations"}})
			if diff := cmp.Diff(row.class, classOf(err)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			if diff := cmp.Diff(row.want, got, cmp.AllowUnexported(lro.ListRequest{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// classOf is Classify, "" for nil.
func classOf(err error) lro.Class {
	if err == nil {
		return ""
	}
	return lro.Classify(err)
}

func TestSuccessThatIsNone(t *testing.T) {
	t.Parallel()
	rows := []struct {
		method int
		body   string
		want   lro.Class
		reason string
	}{
		{0, `{"foo":1}`, lro.ClassProtocol, "JSON of another shape"},
		{0, `{"done":true,"error":{"code":0}}`, lro.ClassProtocol, "an error with code 0"},
		{0, `null`, lro.ClassProtocol, "null"},
		{0, `<html>log in</html>`, lro.ClassTransient, "a proxy's page can be gone next time"},
		{0, ``, lro.ClassTransient, "an empty body"},
		{0, `{"name":"op`, lro.ClassTransient, "half a body"},
		{1, `<html>log in</html>`, lro.ClassTransient, "a proxy's page is no accepted cancel"},
		{2, `<html>log in</html>`, lro.ClassTransient, "a proxy's page is no delete"},
		{1, ``, "", "an empty body accepts as {} does"},
		{1, `{}`, "", "google.protobuf.Empty"},
		{2, `{}`, "", "google.protobuf.Empty"},
	}
	for _, row := range rows {
		method := calls(operationRef)[row.method]
		t.Run(method.name+" "+row.reason, func(t *testing.T) {
			t.Parallel()
			err := method.do(t, serve(t, answer(200, row.body)).client(t))
			if diff := cmp.Diff(row.want, classOf(err)); diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
			var failed *lro.Error
			if err != nil && (!errors.As(err, &failed) || failed.HTTP != 200 || failed.Method != method.name) {
				t.Errorf("got %#v, want an *lro.Error of %s with HTTP 200", err, method.name)
			}
		})
	}
}

func TestBodySize(t *testing.T) {
	t.Parallel()
	large := `{"name":"o","done":true,"response":{"x":"` + strings.Repeat("y", 3<<20) + `"}}`
	chunked := func(status int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			_ = http.NewResponseController(w).Flush() // no Content-Length from here on
			_, _ = io.WriteString(w, large)
		}
	}
	limit := func(n int) func(*rest.Options) { return func(o *rest.Options) { o.MaxBodySize = int64(n) } }
	rows := []struct {
		reason  string
		handler http.HandlerFunc
		change  func(*rest.Options)
		want    lro.Code // OK where no error is wanted
		class   lro.Class
	}{
		{"3 MB by default", answer(200, large), limit(0), lro.CodeOK, ""},
		{"no cap in practice", answer(200, large), limit(math.MaxInt64), lro.CodeOK, ""},
		{"no cap in practice, of unknown length", chunked(200), limit(math.MaxInt64), lro.CodeOK, ""},
		{"exactly the cap", answer(200, large), limit(len(large)), lro.CodeOK, ""},
		{"exactly the cap, of unknown length", chunked(200), limit(len(large)), lro.CodeOK, ""},
		{"a byte over", answer(200, large), limit(len(large) - 1), lro.CodeOutOfRange, lro.ClassUnreadable},
		{"a byte over, of unknown length", chunked(200), limit(len(large) - 1), lro.CodeOutOfRange, lro.ClassUnreadable},
		{"an error page over the cap keeps its HTTP status", chunked(503), limit(1 << 20), lro.CodeUnavailable, lro.ClassTransient},
	}
	for _, row := range rows {
		t.Run(row.reason, func(t *testing.T) {
			t.Parallel()
			client := serve(t, row.handler).client(t, row.change)
			op, err := client.GetOperation(t.Context(), operationRef)
			generated, generatedErr := generatedRead(t, client)
			check := func(who string, response []byte, err error) {
				t.Helper()
				if diff := cmp.Diff(row.want, codeOf(err)); diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", who, err, diff)
				}
				if diff := cmp.Diff(row.class, classOf(err)); diff != "" {
					t.Errorf("%s: %v (-want +got):\n%s", who, err, diff)
				}
				if err == nil && len(response) != len(`{"x":""}`)+3<<20 {
					t.Errorf("%s: a response of %d bytes", who, len(response))
				}
			}
			check("GetOperation", op.Response, err)
			check("a generated client", responseOf(generated), generatedErr)
		})
	}
}

// codeOf is the code of an *lro.Error, OK for nil, -1 for another error.
func codeOf(err error) lro.Code {
	var failed *lro.Error
	switch {
	case err == nil:
		return lro.CodeOK
	case errors.As(err, &failed):
		return failed.Status.Code
	default:
		return -1
	}
}

func TestCloseEndsIdleConnections(t *testing.T) {
	t.Parallel()
	s := serve(t, answer(200, `{"done":true}`))
	client := s.client(t)
	for range 2 {
		if _, err := client.GetOperation(t.Context(), operationRef); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(client.Close(), client.Close()); err != nil {
		t.Fatal(err)
	}
	if _, err := client.GetOperation(t.Context(), operationRef); err != nil {
		t.Fatal(err)
	}
	got := s.received()
	if got[0].RemoteAddr != got[1].RemoteAddr {
		t.Error("the connection was not kept")
	}
	if got[1].RemoteAddr == got[2].RemoteAddr {
		t.Error("the connection outlived Close")
	}
}

// responseOf is the response of an operation that a generated client has read.
func responseOf(op *spanner.Operation) []byte {
	if op == nil {
		return nil
	}
	return op.Response
}
