package main

import (
	"context"
	"errors"
	"fmt"

	nexuspb "go.temporal.io/api/nexus/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/sdk/client"
)

// endpoint is the Nexus endpoint that leads to awaitop's worker.
const endpoint = "awaitop"

// makeEndpoint makes the endpoint, if the server does not have it, as this command does:
//
//	temporal operator nexus endpoint create --name awaitop --target-namespace default --target-task-queue awaitop
func makeEndpoint(ctx context.Context, c client.Client) error {
	_, err := c.OperatorService().CreateNexusEndpoint(ctx, &operatorservice.CreateNexusEndpointRequest{Spec: &nexuspb.EndpointSpec{
		Name: endpoint,
		Target: &nexuspb.EndpointTarget{Variant: &nexuspb.EndpointTarget_Worker_{
			Worker: &nexuspb.EndpointTarget_Worker{Namespace: client.DefaultNamespace, TaskQueue: taskQueue},
		}},
	}})
	var there *serviceerror.AlreadyExists
	if err != nil && !errors.As(err, &there) {
		return fmt.Errorf("create the endpoint: %w", err)
	}
	return nil
}
