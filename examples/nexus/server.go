package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	nexuspb "go.temporal.io/api/nexus/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"google.golang.org/protobuf/types/known/durationpb"
)

// prepare makes the namespaces and the endpoint, and returns a client of each namespace. It does what these commands do:
//
//	temporal operator namespace create --namespace platform
//	temporal operator namespace create --namespace payments
//	temporal operator nexus endpoint create --name awaitop --target-namespace platform --target-task-queue awaitop
func prepare(ctx context.Context, address string) (handler, caller client.Client, err error) {
	if handler, err = namespace(ctx, address, handlerNamespace); err != nil {
		return nil, nil, err
	}
	if caller, err = namespace(ctx, address, callerNamespace); err != nil {
		handler.Close()
		return nil, nil, err
	}
	_, err = handler.OperatorService().CreateNexusEndpoint(ctx, &operatorservice.CreateNexusEndpointRequest{Spec: &nexuspb.EndpointSpec{
		Name: endpoint,
		Target: &nexuspb.EndpointTarget{Variant: &nexuspb.EndpointTarget_Worker_{
			Worker: &nexuspb.EndpointTarget_Worker{Namespace: handlerNamespace, TaskQueue: handlerQueue},
		}},
	}})
	if err != nil {
		handler.Close()
		caller.Close()
		return nil, nil, fmt.Errorf("create the endpoint: %w", err)
	}
	return handler, caller, nil
}

// namespace makes a namespace and returns a client of it, once the server serves it.
func namespace(ctx context.Context, address, name string) (client.Client, error) {
	options := client.Options{HostPort: address, Namespace: name, Logger: quiet{}}
	c, err := client.Dial(options)
	if err != nil {
		return nil, err
	}
	_, err = c.WorkflowService().RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
		Namespace: name, WorkflowExecutionRetentionPeriod: durationpb.New(24 * time.Hour),
	})
	var there *serviceerror.NamespaceAlreadyExists
	if err != nil && !errors.As(err, &there) {
		c.Close()
		return nil, fmt.Errorf("create namespace %s: %w", name, err)
	}
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		_, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1})
		var missing *serviceerror.NamespaceNotFound
		if !errors.As(err, &missing) {
			return c, err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			c.Close()
			return nil, ctx.Err()
		}
	}
}

// quiet is a logger that says nothing.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
