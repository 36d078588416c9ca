package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/awaitop/awaitop/cmd/awaitop/devserver"
	"github.com/awaitop/awaitop/cmd/awaitop/internal/serve"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/testsuite"
	"github.com/awaitop/awaitop/workflows"
)

// The usual ports of such servers. A port that is taken is replaced by a free one.
const (
	temporalPort = 7233
	uiPort       = 8233
	spannerPort  = 9020
	metricsPort  = 9464
)

// devStop bounds the drain of the worker of `awaitop dev`.
const devStop = 3 * time.Second

// development is one run of `awaitop dev`.
type development struct {
	*command
	dbFile     string
	listen     string
	operations int
	runsFor    time.Duration
}

func (c *command) dev() *cobra.Command {
	d := &development{command: c}
	cmd := &cobra.Command{
		Use:   "dev",
		Short: "Try awaitop: a Temporal server, its Web UI, a scripted Spanner and a worker",
		Long: `Run a Temporal dev server with its Web UI, a scripted Spanner and a worker, on this machine's loopback interface,
until an interrupt. Some operations run from the start, to try the other commands on: they report progress and can be
canceled.

The dev server is that of the Temporal CLI on PATH. Without one the command builds it once into the cache folder,
which takes 3 to 5 minutes and needs the Go toolchain.`,
		Example: `  awaitop dev
  awaitop dev --operations 100 --runs-for 10m
  awaitop dev --db waits.db   # workflows survive a restart; the operations start again`,
		Args: exactly(),
		RunE: func(cmd *cobra.Command, _ []string) error { return d.run(cmd.Context()) },
	}
	flags := cmd.Flags()
	flags.StringVar(&d.dbFile, "db", "", "`FILE` for the state of the Temporal server (default: in memory)")
	flags.StringVar(&d.listen, "listen", "", "`ADDRESS` of the worker's health checks and metrics, or off (default 127.0.0.1:9464, or a free port if that is taken)")
	flags.IntVar(&d.operations, "operations", 3, "`NUMBER` of operations to start")
	flags.DurationVar(&d.runsFor, "runs-for", 5*time.Minute, "`DURATION` of the first operation; each further one takes that much longer")
	return cmd
}

func (d *development) run(ctx context.Context) error {
	if d.operations < 0 || d.runsFor < 0 {
		return usagef("--operations %d and --runs-for %s: want 0 or more", d.operations, d.runsFor)
	}
	d.say("starting a Temporal server")
	server, err := devserver.Start(ctx, devserver.Options{
		UI: true, DBFile: d.dbFile, Log: d.Err, Port: ifFree(temporalPort), UIPort: ifFree(uiPort),
		SearchAttributes: map[string]string{
			workflows.OperationAttribute.GetName(): "KeywordList",
			workflows.StateAttribute.GetName():     "Keyword",
			workflows.PercentAttribute.GetName():   "Int",
		},
	})
	if err != nil {
		return ownError{err}
	}
	defer func() { _ = server.Stop() }()
	service, err := testsuite.NewService(testsuite.Options{})
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", ifFree(spannerPort)))
	if err != nil {
		return err
	}
	spanner := &http.Server{Handler: service.Handler(), ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = spanner.Serve(listener) }() // it ends with Close
	defer func() { _ = spanner.Close() }()
	endpoint := "http://" + listener.Addr().String()
	d.address = server.Address()
	d.introduce(server, endpoint, d.start(service))
	return d.serveUntil(ctx, endpoint)
}

// ifFree is the port if no program listens there, else 0.
func ifFree(port int) int {
	listener, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return 0
	}
	_ = listener.Close()
	return port
}

// start starts the operations.
func (d *development) start(service *testsuite.Service) []lro.Ref {
	var refs []lro.Ref
	for i := range d.operations {
		refs = append(refs, service.Start(fmt.Sprintf("projects/dev/instances/i/backups/b%d/operations/o", i+1), testsuite.Script{
			RunsFor:  d.runsFor * time.Duration(i+1),
			OnCancel: testsuite.HonorCancel(3 * time.Second),
		}))
	}
	return refs
}

func (d *development) introduce(server *devserver.Server, endpoint string, refs []lro.Ref) {
	d.say("Temporal  %s", server.Address())
	d.say("Web UI    %s", server.UIURL())
	d.say("Spanner   %s", endpoint)
	d.say("")
	address := ""
	if server.Address() != fmt.Sprintf("127.0.0.1:%d", temporalPort) {
		address = " --address " + server.Address()
	}
	if len(refs) > 0 {
		d.say("Try, in another terminal:")
		d.say("  awaitop await%s %s", address, refs[0])
		d.say("  awaitop list%s", address)
		d.say("  awaitop cancel%s %s", address, refs[0])
	}
	d.say("  awaitop operations list projects/dev/instances/i/backupOperations --without-authentication --endpoint %s", endpoint)
	d.say("")
}

// serveUntil runs the worker until ctx is done.
func (d *development) serveUntil(ctx context.Context, endpoint string) error {
	config, err := serve.ParseConfig(nil)
	if err != nil {
		return err
	}
	config.WithoutAuthentication = true
	config.Services = []serve.Service{{Name: lro.SpannerService, Endpoint: endpoint}}
	config.Worker.StopTimeout = lro.DurationOf(devStop)
	config.Listen = serve.Address(cmp.Or(d.listen, fmt.Sprintf("127.0.0.1:%d", ifFree(metricsPort))))
	if err := d.serve(ctx, config); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}
