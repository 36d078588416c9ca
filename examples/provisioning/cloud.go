package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	spanner "google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/examples/internal/lossy"
	"github.com/awaitop/awaitop/examples/provisioning/provision"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// cloud is the Spanner to provision in: scripted, an emulator or real.
type cloud struct {
	api      *spanner.Service
	rest     rest.Options // how the worker reaches it
	endpoint string
	input    provision.Input
	emulated bool // whether it has no backups
	server   *httptest.Server
}

func openCloud(ctx context.Context, f flags, out *console.Console) (*cloud, error) {
	c := &cloud{endpoint: f.where.Endpoint, input: provision.Input{
		Project:   "projects/provisioning",
		Instance:  "provisioning-" + strconv.FormatInt(time.Now().UnixMilli(), 36),
		Units:     100,
		Databases: []string{"orders", "customers", "stock"},
		Schema:    []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)", "CREATE INDEX byv ON t (v)"},
		Index:     "CREATE UNIQUE INDEX uniquev ON t (v)",
		Backup:    "first",
		LoadRows:  true, UniqueRows: f.FailAt != "index",
		Pace: provision.Pace{Heartbeat: 5 * time.Second, Quarantine: 10 * time.Second, UndoWindow: 10 * time.Minute},
	}}
	if err := c.connect(ctx, f); err != nil {
		c.close()
		return nil, err
	}
	out.Line("Spanner:  %s", c.endpoint)
	return c, c.prepare(ctx, f, out)
}

func (c *cloud) connect(ctx context.Context, f flags) (err error) {
	switch {
	case f.where.Project != "":
		c.endpoint = "https://" + lro.SpannerService
		c.input.Project = "projects/" + f.where.Project
		c.input.Config = c.input.Project + "/instanceConfigs/regional-us-central1"
		c.rest = rest.Options{AllowedPrefixes: []string{c.input.Project}}
		c.api, err = spanner.NewService(ctx)
		return err
	case c.endpoint == "":
		if err := c.serveScripted(f.FailAt); err != nil {
			return err
		}
	}
	c.input.Config = c.input.Project + "/instanceConfigs/emulator-config"
	c.rest = rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: c.endpoint}},
		WithoutAuthentication: true,
	}
	c.api, err = spanner.NewService(ctx, option.WithEndpoint(c.endpoint), option.WithoutAuthentication())
	return err
}

// prepare suits the workflow's input to what the service can do and the flags
// ask for.
func (c *cloud) prepare(ctx context.Context, f flags, out *console.Console) error {
	if f.LoseReplies {
		c.rest.Transport = &lossy.Transport{Base: http.DefaultTransport, Out: out}
	}
	if c.server != nil {
		c.input.LoadRows = false // it has no rows
		return nil
	}
	if err := c.checkBackups(ctx, out); err != nil {
		return err
	}
	switch f.FailAt {
	case "instance":
		c.input.Units = 1 // less than the least
	case "database":
		c.input.Databases[1] = "no_database_id_is_as_long_as_this_one_is"
	case "schema":
		c.input.Schema[1] = "CREATE INDEX byv ON t (nosuchcolumn)"
	case "backup":
		if c.emulated {
			return errors.New("-fail-at backup: this Spanner has no backups")
		}
		c.input.Backup = "X" // no backup id
	}
	return nil
}

// checkBackups leaves out the backup where the service has none, as the emulator.
func (c *cloud) checkBackups(ctx context.Context, out *console.Console) error {
	_, err := c.api.Projects.Instances.Backups.List(c.input.Project + "/instances/none").Context(ctx).Do()
	var refused *googleapi.Error
	switch {
	case errors.As(err, &refused) && refused.Code == http.StatusNotImplemented:
		out.Line("backup:   skipped, this Spanner has none")
		c.input.Backup, c.emulated = "", true
	case err != nil && !errors.As(err, &refused):
		return fmt.Errorf("no Spanner at %s: %w", c.endpoint, err)
	}
	return nil
}

// serveScripted starts a Spanner whose operations take a few seconds.
func (c *cloud) serveScripted(failAt string) error {
	run := func(d time.Duration) testsuite.Script { return testsuite.Script{RunsFor: d} }
	fail := func(d time.Duration, step string, code lro.Code, message string) testsuite.Script {
		script := run(d)
		if step == failAt {
			script.End, script.EndPercent = testsuite.Fail(code, message), 50
		}
		return script
	}
	beside := 4 * time.Second
	if failAt == "database" {
		beside = time.Minute // the failure comes first on a slow machine, too, and the siblings are canceled
	}
	service, err := testsuite.NewService(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance":    {fail(4*time.Second, "instance", lro.CodeResourceExhausted, "no capacity in this config")},
		"CreateDatabase":    {run(beside)},
		"UpdateDatabaseDdl": {run(3 * time.Second)},
		"CreateBackup":      {fail(4*time.Second, "backup", lro.CodeInternal, "internal error")},
	}})
	if err != nil {
		return err
	}
	instance := c.input.Project + "/instances/" + c.input.Instance
	first, second := instance+"/databases/"+c.input.Databases[0], instance+"/databases/"+c.input.Databases[1]
	service.PlanFor("CreateDatabase", second, fail(2*time.Second, "database", lro.CodeInternal, "internal error"))
	service.PlanFor("UpdateDatabaseDdl", second, fail(2*time.Second, "schema", lro.CodeInvalidArgument, "no such column"))
	service.PlanFor("UpdateDatabaseDdl", first, run(3*time.Second), fail(4*time.Second, "index", lro.CodeFailedPrecondition, "Found uniqueness violation on index uniquev"))
	c.server = httptest.NewServer(service.Handler())
	c.endpoint = c.server.URL
	c.input.Pace.Policy.InitialInterval = time.Second // a real backup is not worth a read in its first 20 s
	return nil
}

func (c *cloud) close() {
	if c.server != nil {
		c.server.Close()
	}
}

// existing lists what there is on the server of this run's: the instance, its
// databases and backups, and operations that run.
func (c *cloud) existing(ctx context.Context) ([]string, error) {
	instance := c.input.Project + "/instances/" + c.input.Instance
	var found []string
	// A list, since the emulator answers a Get of what is absent with a 500.
	err := c.api.Projects.Instances.List(c.input.Project).Pages(ctx, func(page *spanner.ListInstancesResponse) error {
		for _, i := range page.Instances {
			if i.Name == instance {
				found = append(found, instance)
			}
		}
		return nil
	})
	if err != nil || len(found) == 0 {
		return nil, err
	}
	databases, err := c.api.Projects.Instances.Databases.List(instance).Context(ctx).Do()
	if err != nil {
		return nil, err
	}
	for _, d := range databases.Databases {
		found = append(found, d.Name)
		operations, err := c.api.Projects.Instances.Databases.Operations.List(d.Name + "/operations").Context(ctx).Do()
		if err != nil {
			return nil, err
		}
		for _, op := range operations.Operations {
			if !op.Done {
				found = append(found, op.Name)
			}
		}
	}
	if c.emulated {
		return found, nil
	}
	backups, err := c.api.Projects.Instances.Backups.List(instance).Context(ctx).Do()
	if err != nil {
		return nil, err
	}
	for _, b := range backups.Backups {
		found = append(found, b.Name)
	}
	return found, nil
}

// remove deletes what a run that went well has made.
func (c *cloud) remove(ctx context.Context, names []string) error {
	for _, name := range names {
		if strings.Contains(name, "/backups/") {
			if _, err := c.api.Projects.Instances.Backups.Delete(name).Context(ctx).Do(); err != nil {
				return err
			}
		}
	}
	_, err := c.api.Projects.Instances.Delete(c.input.Project + "/instances/" + c.input.Instance).Context(ctx).Do()
	return err
}
