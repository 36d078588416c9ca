package rest_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"time"

	"cloud.google.com/go/auth/credentials"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A worker for one project, with a regional endpoint and a key file.
func ExampleNew() {
	key, err := credentials.NewCredentialsFromFile(credentials.ServiceAccount, "/etc/worker/key.json", &credentials.DetectOptions{
		Scopes: []string{"https://www.googleapis.com/auth/cloud-platform"},
	})
	if err != nil {
		log.Print(err)
		return
	}
	client, err := rest.New(context.Background(), rest.Options{
		Services: []rest.Service{
			{Name: "spanner.googleapis.com", Endpoint: "https://spanner.me-central2.rep.googleapis.com"},
			{Name: "pubsublite.googleapis.com", Endpoint: "https://us-central1-pubsublite.googleapis.com", Prefix: "admin"},
		},
		AllowedPrefixes: []string{"projects/my-project"},
		Credentials:     key,
		QuotaProject:    "my-project",
		RequestTimeout:  10 * time.Second,
	})
	if err != nil {
		log.Print(err)
		return
	}
	defer func() { _ = client.Close() }() // it always returns nil
}

// The Spanner emulator needs no credentials.
func ExampleNew_emulator() {
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: "spanner.googleapis.com", Endpoint: "http://127.0.0.1:9020"}},
		WithoutAuthentication: true,
	})
	if err != nil {
		log.Print(err)
		return
	}
	fmt.Println(client.Close())
	// Output: <nil>
}

// hostPrinter is a transport that prints the host of each request. It answers that the operation runs.
type hostPrinter struct{}

func (hostPrinter) RoundTrip(r *http.Request) (*http.Response, error) {
	fmt.Println(r.URL.Host)
	w := httptest.NewRecorder()
	answer(200, `{"name":"projects/p/locations/l/operations/o"}`)(w, r)
	return w.Result(), nil
}

// An operation is read at the host of the region in its name. One without a region is read at the global host.
func ExampleService_regional() {
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: "alloydb.googleapis.com", Regional: true}},
		WithoutAuthentication: true,
		Transport:             hostPrinter{},
	})
	if err != nil {
		log.Print(err)
		return
	}
	for _, name := range []string{"projects/p/locations/us-east4/operations/o", "projects/p/locations/global/operations/o"} {
		if _, err := client.GetOperation(context.Background(), lro.Ref{Service: "alloydb.googleapis.com", Name: name}); err != nil {
			log.Print(err)
			return
		}
	}
	// Output:
	// alloydb.us-east4.rep.googleapis.com
	// alloydb.googleapis.com
}

// Reading an operation, and what a failure says.
func ExampleClient_GetOperation() {
	api := httptest.NewServer(answer(403, `{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no grant","details":[
		{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"IAM_PERMISSION_DENIED","domain":"iam.googleapis.com"}]}}`))
	defer api.Close()
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: "spanner.googleapis.com", Endpoint: api.URL}},
		WithoutAuthentication: true,
	})
	if err != nil {
		log.Print(err)
		return
	}
	ref, err := lro.ParseRef("//spanner.googleapis.com/projects/p/instances/i/operations/o")
	if err != nil {
		log.Print(err)
		return
	}
	_, err = client.GetOperation(context.Background(), ref)
	fmt.Println(err)
	fmt.Println(lro.Classify(err))
	var failed *lro.Error
	if errors.As(err, &failed) {
		fmt.Println(failed.Status.Reason())
	}
	// Output:
	// GetOperation: PERMISSION_DENIED (HTTP 403): no grant
	// blocked
	// IAM_PERMISSION_DENIED iam.googleapis.com
}

// Walking the pages of a collection.
func ExampleClient_ListOperations() {
	api := httptest.NewServer(answer(200, `{"operations":[{"name":"projects/p/instances/i/operations/o"}]}`))
	defer api.Close()
	client, err := rest.New(context.Background(), rest.Options{
		Services:              []rest.Service{{Name: "spanner.googleapis.com", Endpoint: api.URL}},
		WithoutAuthentication: true,
	})
	if err != nil {
		log.Print(err)
		return
	}
	input := lro.ListRequest{
		Collection: lro.Collection{Service: "spanner.googleapis.com", Name: "projects/p/instances/i/operations"},
		Filter:     "done:false",
	}
	for {
		page, err := client.ListOperations(context.Background(), input)
		if err != nil {
			log.Print(err)
			return
		}
		for _, op := range page.Operations {
			fmt.Println(op.Name, op.State())
		}
		if input.PageToken = page.NextPageToken; input.PageToken == "" {
			break
		}
	}
	// Output: projects/p/instances/i/operations/o running
}
