package grpc_test

import (
	"context"
	"fmt"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"github.com/awaitop/awaitop/lro"
	operations "github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/testsuite"
)

// generated stands for a generated client, such as a *database.DatabaseAdminClient, or its LROClient.
type generated struct{ connection *grpc.ClientConn }

func (g generated) Connection() *grpc.ClientConn { return g.connection }

func ExampleFromOperationsClient() {
	connection, err := grpc.NewClient("localhost:9010", grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = connection.Close() }()
	// With a generated client: operations.FromOperationsClient(lro.SpannerService, admin.LROClient)
	client, err := operations.FromOperationsClient(lro.SpannerService, generated{connection})
	if err != nil {
		fmt.Println(err)
		return
	}
	// A name that is not an operation's is refused before anything is sent.
	_, err = client.GetOperation(context.Background(), lro.Ref{Service: lro.SpannerService, Name: "projects/p/instances/i"})
	fmt.Println(err)
	// Output: ref.name: "projects/p/instances/i" names no operation of spanner.googleapis.com; want an operation's name, such as projects/p/instances/i/operations/OPERATION
}

// A client of an emulator, or of the scripted service, which listens without TLS.
func ExampleNew() {
	_ = func(t testsuite.TB) {
		service := testsuite.ForTest(t, testsuite.Options{})
		client, err := operations.New(context.Background(), operations.Options{
			Service: lro.SpannerService, Endpoint: service.Serve(t), WithoutAuthentication: true,
		})
		if err != nil {
			t.Fatalf("%v", err)
		}
		t.Cleanup(func() { _ = client.Close() })
	}
}
