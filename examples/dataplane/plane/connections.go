package plane

import (
	"context"
	"encoding/json"
	"path"
	"slices"

	"google.golang.org/api/googleapi"
	api "google.golang.org/api/servicenetworking/v1"

	"github.com/awaitop/awaitop/activities/starters"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/workflows"
)

// The registered names of the activities of connections.
const (
	ConnectName    = "dataplane.Connect"
	DisconnectName = "dataplane.Disconnect"
)

const (
	networkingService = "servicenetworking.googleapis.com"
	peeringService    = "services/" + networkingService
	peering           = peeringService + "/connections/servicenetworking-googleapis-com"
)

// Connect is the step that gives Google's services an address range of a network. The API has one name for the
// connections of all networks, so the target names this one by its network and its range.
func Connect(network, addressRange string) workflows.Step[struct{}] {
	return workflows.Step[struct{}]{
		Name: "Connect " + addressRange, Activity: ConnectName, Undo: DisconnectName,
		Target: network + "/connections/" + addressRange,
	}
}

// connection is a step's target.
type connection struct{ network, addressRange string }

func connectionOf(target string) connection {
	return connection{network: path.Dir(path.Dir(target)), addressRange: path.Base(target)}
}

// Connections has the activities. The catalog does not tell how to start a connection: there is no get, the delete is
// a POST with the network in its body, and an operation has no metadata.
type Connections struct {
	client *rest.Client
	api    *api.APIService
}

// NewConnections returns the activities over a client that serves Service Networking.
func NewConnections(ctx context.Context, client *rest.Client) (*Connections, error) {
	options, err := client.Generated(networkingService)
	if err != nil {
		return nil, err
	}
	service, err := api.NewService(ctx, options...)
	return &Connections{client, service}, err
}

// Starters are the activities by their names.
func (c *Connections) Starters() map[string]starters.Activity {
	return map[string]starters.Activity{
		ConnectName: starters.Starter[struct{}]{
			Service: networkingService, Check: c.check, Start: c.start,
			Find: func(ctx context.Context, want starters.Want[struct{}]) (seen starters.Seen, err error) {
				seen.Target, err = c.find(ctx, want.Target, want.Key)
				return seen, err
			},
		},
		DisconnectName: starters.Remover{Service: networkingService, Check: c.check, Find: c.find, Remove: c.remove},
	}
}

// check keeps to the worker's allowlist.
func (c *Connections) check(field, target string) error {
	return c.client.Allow(field, networkingService, target)
}

func (c *Connections) start(ctx context.Context, want starters.Want[struct{}], _ starters.Seen) (lro.Operation, error) {
	one := connectionOf(want.Target)
	body := &api.Connection{Network: one.network, ReservedPeeringRanges: []string{one.addressRange}}
	return c.call(ctx, "CreateConnection", func(ctx context.Context, o ...googleapi.CallOption) (*api.Operation, error) {
		return c.api.Services.Connections.Create(peeringService, body).Context(ctx).Do(o...)
	})
}

// find reads the network's connection. The range is the step's mark: the saga has made it for this connection alone.
// The API does not say when a connection is being made, so it counts as such while any operation runs.
func (c *Connections) find(ctx context.Context, target, _ string) (*starters.Resource, error) {
	one := connectionOf(target)
	var list *api.ListConnectionsResponse
	err := c.client.Call(ctx, networkingService, "ListConnections", func(ctx context.Context, o ...googleapi.CallOption) (err error) {
		list, err = c.api.Services.Connections.List(peeringService).Network(one.network).Context(ctx).Do(o...)
		return err
	})
	if err != nil || len(list.Connections) == 0 {
		return nil, err
	}
	found := &starters.Resource{Owner: starters.Others, Undated: true}
	if slices.Contains(list.Connections[0].ReservedPeeringRanges, one.addressRange) {
		found.Owner = starters.Ours
	}
	if found.JSON, err = json.Marshal(list.Connections[0]); err != nil {
		return nil, err
	}
	found.Creating, err = c.busy(ctx)
	return found, err
}

// busy reports whether any operation runs.
func (c *Connections) busy(ctx context.Context) (bool, error) {
	running := false
	err := c.client.Call(ctx, networkingService, "ListOperations", func(ctx context.Context, o ...googleapi.CallOption) error {
		list, err := c.api.Operations.List("operations").Context(ctx).Do(o...)
		if err == nil {
			running = slices.ContainsFunc(list.Operations, func(op *api.Operation) bool { return !op.Done })
		}
		return err
	})
	return running, err
}

// remove deletes the connection. The undo is tried again while the operation runs.
func (c *Connections) remove(ctx context.Context, target string) (lro.Operation, error) {
	body := &api.DeleteConnectionRequest{ConsumerNetwork: connectionOf(target).network}
	return c.call(ctx, "DeleteConnection", func(ctx context.Context, o ...googleapi.CallOption) (*api.Operation, error) {
		return c.api.Services.Connections.DeleteConnection(peering, body).Context(ctx).Do(o...)
	})
}

// call makes one try of a call that starts an operation.
func (c *Connections) call(ctx context.Context, method string, call func(context.Context, ...googleapi.CallOption) (*api.Operation, error)) (lro.Operation, error) {
	var op *api.Operation
	err := c.client.Call(ctx, networkingService, method, func(ctx context.Context, o ...googleapi.CallOption) (err error) {
		op, err = call(ctx, o...)
		return err
	})
	if err != nil {
		return lro.Operation{}, err
	}
	return lro.Operation{Name: op.Name}, nil
}
