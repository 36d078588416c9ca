package services_test

import (
	"context"
	"fmt"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services"
	"github.com/awaitop/awaitop/services/grpc"
	"github.com/awaitop/awaitop/services/rest"
)

// Spanner over gRPC, all other services over HTTP. A worker does this with worker.Options.Clients.
func ExampleByService() {
	client, err := grpc.New(context.Background(), grpc.Options{Service: lro.SpannerService, Endpoint: "http://127.0.0.1:9010", WithoutAuthentication: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = client.Close() }()
	others, err := rest.New(context.Background(), rest.Options{Services: []rest.Service{{Name: "*.googleapis.com"}}, WithoutAuthentication: true})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = others.Close() }()
	router, err := services.ByService(map[string]lro.Client{lro.SpannerService: client}, others)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(router.Serves(lro.SpannerService), router.Serves("alloydb.googleapis.com"), router.Serves("library.example.com"))
	// Output: true true false
}
