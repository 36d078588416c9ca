package grpc

import (
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/services/internal/requests"
)

// NewOver is a client of a service over any connection.
func NewOver(service string, connection grpc.ClientConnInterface) *Client {
	return &Client{
		options: Options{Service: service}.withDefaults(), measures: requests.NewInstruments(),
		connection: func() grpc.ClientConnInterface { return connection }, close: func() error { return nil },
	}
}
