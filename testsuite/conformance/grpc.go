package conformance

import (
	"net/http"
	"slices"
	"testing"

	"cloud.google.com/go/longrunning/autogen/longrunningpb"
	statuspb "google.golang.org/genproto/googleapis/rpc/status"
	"google.golang.org/protobuf/proto"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
)

// TestGRPCClient is [TestClient] for a client of google.longrunning.Operations over gRPC, made for the
// address that service.Serve(t) returns, without TLS. It has what only HTTP can show in gRPC's form: a
// message that is no operation, a proxy's page. An [lro.Error] with a status of the service's has the HTTP
// status of its code. Messages of unknown types are those of [lro.FromAny].
func TestGRPCClient(t *testing.T, connect func(t *testing.T, service *testsuite.Service) lro.Client) {
	t.Run("get", func(t *testing.T) { run(t, connect, append(getRows(exactBytes), messageRows()...)) })
	t.Run("errors", func(t *testing.T) { run(t, connect, append(errorRows(), proxyRows()...)) })
	t.Run("cancel", func(t *testing.T) { run(t, connect, cancelRows()) })
	t.Run("delete", func(t *testing.T) { run(t, connect, deleteRows()) })
	t.Run("list", func(t *testing.T) {
		run(t, connect, slices.Concat(listRows(exactBytes), noAggregateRows(), refusedListRows()))
	})
	t.Run("refused", func(t *testing.T) { run(t, connect, refusedRows()) })
	t.Run("wait", func(t *testing.T) { testWaits(t, connect) })
}

// answerMessage is a service that answers with the given message, for the shapes that no operation should
// have.
func answerMessage(op *longrunningpb.Operation) testsuite.Options {
	raw, err := proto.Marshal(op)
	if err != nil {
		panic(err) // it has no text that is not UTF-8
	}
	return answerBytes(string(raw))
}

func answerBytes(raw string) testsuite.Options {
	return testsuite.Options{Faults: []testsuite.Fault{testsuite.Body(http.StatusOK, "application/grpc", raw)}}
}

// messageRows are messages that are no operations.
func messageRows() []row {
	return []row{
		{
			name: "empty message", reason: "with neither a name nor done it is no operation",
			options: answerMessage(&longrunningpb.Operation{}), run: get, failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "error with code 0", reason: "an error is never a success",
			options: answerMessage(&longrunningpb.Operation{Name: operationName, Done: true, Result: &longrunningpb.Operation_Error{Error: &statuspb.Status{}}}), run: get,
			failure: &expected{class: lro.ClassProtocol},
		},
		{
			name: "running with an error", reason: "the error of a running operation is ignored",
			options: answerMessage(&longrunningpb.Operation{Name: operationName, Result: &longrunningpb.Operation_Error{Error: &statuspb.Status{Code: 9}}}), run: get,
			want: operationWith(func(*lro.Operation) {}),
		},
		{
			name: "no message", reason: "bytes that do not decode may be whole the next time",
			options: answerBytes("\xff\xff"), run: get, failure: &expected{class: lro.ClassTransient},
		},
	}
}

// proxyRows are replies that are not gRPC's.
func proxyRows() []row {
	const transient = lro.ClassTransient
	return []row{
		disturbed("HTML 400", "a front end's page is not the API's word", testsuite.HTMLPage(400), expected{class: transient}),
		disturbed("HTML 403", "nor is its refusal, but it stays one", testsuite.HTMLPage(403), expected{class: lro.ClassBlocked, code: lro.CodePermissionDenied, http: 403}),
		disturbed("HTML 404", "the operation is not gone, and the method is there", testsuite.HTMLPage(404), expected{class: lro.ClassNoStatus, http: 404}),
		disturbed("HTML 429", "nor has the API a quota", testsuite.HTMLPage(429), expected{class: transient}),
		disturbed("HTML 501", "the method is there", testsuite.HTMLPage(501), expected{class: transient}),
		disturbed("HTML 502", "a proxy's page says nothing of the operation", testsuite.HTMLPage(502), expected{class: transient}),
		disturbed("HTML 200", "nor does a page with 200", testsuite.HTMLPage(200), expected{class: transient}),
		disturbed("JSON", "nor does a reply of another protocol", testsuite.Body(http.StatusOK, "application/json", `{"done":true}`), expected{class: transient}),
	}
}

// noAggregateRows are lists that have methods of Spanner's own over gRPC.
func noAggregateRows() []row {
	return []row{{
		name: "aggregate", reason: "it is no list of google.longrunning, and nothing is sent",
		run: unsent(func(b bench) error {
			_, err := list(b, lro.ListRequest{Collection: aggregate("backupOperations")})
			return err
		}),
		want: "unsupported, 0 calls",
	}}
}
