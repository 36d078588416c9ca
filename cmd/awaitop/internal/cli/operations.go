package cli

import (
	"cmp"
	"context"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
)

// api is one run of `awaitop operations`: requests to the operations API, without Temporal.
type api struct {
	*command
	endpoint, version, prefix, quotaProject string
	withoutAuthentication                   bool
}

func (c *command) operations() *cobra.Command {
	a := &api{command: c}
	cmd := &cobra.Command{
		Use:   "operations",
		Short: "List, read, cancel and delete operations, without Temporal",
		Long: `List, read, cancel and delete operations by requests to their service, with the application default credentials. These
commands need no Temporal server, and waits do not learn of them. If a wait awaits an operation, cancel it with
"awaitop cancel".

The worker's configuration says how its services are reached. For another service, or without a configuration, say it by
flags. The configuration's allowedPrefixes are for waits: they do not bound these commands.`,
		Example: `  awaitop operations list projects/p/instances/i
  awaitop operations list //alloydb.googleapis.com/projects/p/locations/l
  awaitop operations list //bigtableadmin.googleapis.com/operations/projects/p --api-version v2
  awaitop operations list projects/p/locations/l --config awaitop.yaml`,
	}
	flags := cmd.PersistentFlags()
	a.addNaming(flags)
	flags.StringVar(&a.endpoint, "endpoint", "", "`URL` of the service (default the configuration's, or https:// and its name)")
	flags.StringVar(&a.version, "api-version", "", "`PATH` before names: the API's version, such as v2 or dns/v1 (default the configuration's, or the catalog's, else v1)")
	flags.StringVar(&a.prefix, "prefix", "", "constant `PATH` between the version and names, such as admin (default the configuration's, or the catalog's, else none)")
	flags.StringVar(&a.quotaProject, "quota-project", "", "`PROJECT` whose quota requests use (default the configuration's, or the credentials')")
	flags.BoolVar(&a.withoutAuthentication, "without-authentication", false, "send no credentials, and allow an http:// URL: for an emulator (default: send the application default credentials)")
	cmd.AddCommand(a.list(), a.get(), a.cancelOne(), a.delete())
	return cmd
}

// withOperation calls do with the operation that the argument names, and a client for it.
func (a *api) withOperation(ctx context.Context, argument string, do func(client lro.Client, ref lro.Ref) error) error {
	ref, err := a.ref(argument)
	if err != nil {
		return err
	}
	return a.with(ctx, ref.Service, func(client lro.Client) error { return do(client, ref) })
}

// with calls do with a client for the service.
func (a *api) with(ctx context.Context, service string, do func(client lro.Client) error) error {
	config, err := a.configuration()
	if err != nil {
		return err
	}
	reached, err := a.reached(config, service)
	if err != nil {
		return err
	}
	client, closeClient, err := config.Client(ctx, reached)
	if err != nil {
		return err
	}
	defer closeClient()
	return do(client)
}

// reached is how the service is reached: by the flags, else as the worker reaches it.
func (a *api) reached(config serve.Config, service string) (serve.Service, error) {
	s := config.Reached(service)
	if s.Transport == serve.GRPC && cmp.Or(a.version, a.prefix) != "" {
		return s, usagef("--api-version and --prefix are for HTTP: the configuration reaches %s over gRPC", service)
	}
	s.Endpoint = cmp.Or(a.endpoint, s.Endpoint)
	s.Version = cmp.Or(a.version, s.Version)
	s.Prefix = cmp.Or(a.prefix, s.Prefix)
	s.QuotaProject = cmp.Or(a.quotaProject, s.QuotaProject)
	if a.withoutAuthentication {
		s.WithoutAuthentication, s.Scopes = true, nil
	}
	return s, nil
}

func (a *api) get() *cobra.Command {
	return &cobra.Command{
		Use:     "get OPERATION",
		Short:   "Read an operation",
		Example: `  awaitop operations get projects/p/instances/i/operations/o`,
		Args:    exactly("OPERATION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOperation(cmd.Context(), args[0], func(client lro.Client, ref lro.Ref) error {
				op, err := client.GetOperation(cmd.Context(), ref)
				if err != nil {
					return err
				}
				if a.output == "json" {
					return a.json(operationLine{ref, op})
				}
				return a.print(ref.String(), operationText(op), document(op.Metadata), document(op.Response))
			})
		},
	}
}

func (a *api) cancelOne() *cobra.Command {
	return a.ask("cancel", "Ask a service to cancel an operation", "the service took the cancel; `awaitop operations get` shows whether the operation ends", lro.Client.CancelOperation)
}

func (a *api) delete() *cobra.Command {
	return a.ask("delete", "Delete the record of an operation, which cancels nothing", "its record is deleted", lro.Client.DeleteOperation)
}

// ask is a command that sends one request about an operation and has no other result than success.
func (a *api) ask(verb, short, done string, send func(client lro.Client, ctx context.Context, ref lro.Ref) error) *cobra.Command {
	return &cobra.Command{
		Use:     verb + " OPERATION",
		Short:   short,
		Example: "  awaitop operations " + verb + " projects/p/instances/i/operations/o",
		Args:    exactly("OPERATION"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.withOperation(cmd.Context(), args[0], func(client lro.Client, ref lro.Ref) error {
				if err := send(client, cmd.Context(), ref); err != nil {
					return err
				}
				return a.done(ref, done)
			})
		},
	}
}

func (a *api) done(ref lro.Ref, text string) error {
	if a.output == "json" {
		return a.json(map[string]string{"ref": ref.String(), "name": ref.Name, "result": text})
	}
	return a.print(ref.String() + ": " + text)
}

func (a *api) list() *cobra.Command {
	var input lro.ListRequest
	var all bool
	cmd := &cobra.Command{
		Use:   "list RESOURCE|COLLECTION",
		Short: "List the operations of a resource, a page at a time",
		Example: `  awaitop operations list projects/p/instances/i
  awaitop operations list projects/p/instances/i/databaseOperations --filter 'done:false' --all`,
		Args: exactly("RESOURCE"),
		RunE: func(cmd *cobra.Command, args []string) error {
			collection, err := a.collection(args[0])
			if err != nil {
				return err
			}
			input.Collection = collection
			return a.with(cmd.Context(), collection.Service, func(client lro.Client) error {
				return a.listPages(cmd.Context(), client, input, all)
			})
		},
	}
	flags := cmd.Flags()
	flags.StringVar(&input.Filter, "filter", "", "list only the operations that match `FILTER`, in the service's own language (default: all)")
	flags.IntVar(&input.PageSize, "page-size", 0, "`NUMBER` of operations a page (default the service's)")
	flags.StringVar(&input.PageToken, "page-token", "", "`TOKEN` that the page before printed (default: the first page)")
	flags.BoolVar(&all, "all", false, "list all pages (default: one page)")
	return cmd
}

// collectionName is the collection of a resource's operations. The name of a collection, such as Spanner's
// databaseOperations, stays as it is.
func collectionName(name string) string {
	last := name[strings.LastIndexByte(name, '/')+1:]
	if last == "operations" || strings.HasSuffix(last, "Operations") {
		return name
	}
	return name + "/operations"
}

func (a *api) listPages(ctx context.Context, client lro.Client, input lro.ListRequest, all bool) error {
	for page, err := range lro.Pages(ctx, client, input) {
		if err != nil {
			return err
		}
		if err := a.printOperations(input.Collection.Service, page.Operations); err != nil {
			return err
		}
		for _, name := range page.Unreachable {
			a.say("not reached: %s", name)
		}
		if page.NextPageToken != "" && !all {
			a.say("there are more: --page-token %s, or --all", page.NextPageToken)
			return nil
		}
	}
	return nil
}

// operationLine is an operation as a line of JSON: the API's own, and the REF for other commands.
type operationLine struct {
	Ref lro.Ref `json:"ref"`
	lro.Operation
}

func (a *api) printOperations(service string, operations []lro.Operation) error {
	if a.output == "json" {
		for _, op := range operations {
			if err := a.json(operationLine{lro.Ref{Service: service, Name: op.Name}, op}); err != nil {
				return err
			}
		}
		return nil
	}
	if len(operations) == 0 {
		a.say("no operations")
		return nil
	}
	var rows []table.Row
	for _, op := range operations {
		rows = append(rows, rowOf(lro.Ref{Service: service, Name: op.Name}.String(), operationText(op)))
	}
	return a.table(table.Row{"OPERATION", "STATE"}, rows)
}
