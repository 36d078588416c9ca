package spanner

import (
	"context"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
)

// What the starters need of a client beside the requests of an lro.Client. A *rest.Client is all
// three. lro.ClientAs looks for each of them, so an lro.ClientWrapper may have one itself and leave the
// others to the client that it wraps. For example, a client that logs starts has its own Call, which
// calls the inner one. All are safe for concurrent use.
type (
	// Generator makes the options of generated clients.
	Generator interface {
		// Generated returns the options with which a generated client reaches the
		// service: its endpoint, credentials and telemetry. A service that the client
		// does not have is an *lro.InvalidError.
		Generated(service string) ([]option.ClientOption, error)
	}
	// Allower knows which resources requests may be about.
	Allower interface {
		// Allow reports, as an *lro.InvalidError for a field below the given one, why
		// no request about the resource may be sent.
		Allow(field, service, name string) error
	}
	// Caller makes the calls of generated clients.
	Caller interface {
		// Call makes one request: it hands the context and the options to the
		// generated method's Context and Do. method names it in errors, which are
		// those of an lro.Client.
		Call(ctx context.Context, service, method string, call func(ctx context.Context, options ...googleapi.CallOption) error) error
	}
)
