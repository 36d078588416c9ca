package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/api/option"
	spanner "google.golang.org/api/spanner/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/console"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// cloud is the Spanner the operations run in: scripted, an emulator or real.
type cloud struct {
	api      *spanner.Service
	rest     rest.Options // how the worker reaches it
	endpoint string
	project  string // "projects/p"
	config   string
	run      string // part of the ids of this run's instances
	server   *testsuite.Server
	made     []string // instances to delete at the end
	out      *console.Console
}

func openCloud(ctx context.Context, f flags, out *console.Console) (*cloud, error) {
	c := &cloud{endpoint: f.Endpoint, project: "projects/quickstart", run: strconv.FormatInt(time.Now().Unix(), 36), out: out}
	c.config = c.project + "/instanceConfigs/emulator-config"
	if err := c.connect(ctx, f); err != nil {
		c.close()
		return nil, err
	}
	out.Line("Spanner:  %s", c.endpoint)
	return c, nil
}

func (c *cloud) connect(ctx context.Context, f flags) (err error) {
	if f.Project != "" {
		c.endpoint = "https://" + lro.SpannerService
		c.project = "projects/" + f.Project
		c.config = c.project + "/instanceConfigs/regional-us-central1"
		c.rest = rest.Options{AllowedPrefixes: []string{c.project}}
		c.api, err = spanner.NewService(ctx)
		return err
	}
	if c.endpoint == "" {
		if err := c.serveScripted(); err != nil {
			return err
		}
	}
	c.rest = unauthenticated(c.endpoint)
	c.api, err = spanner.NewService(ctx, option.WithEndpoint(c.endpoint), option.WithoutAuthentication())
	return err
}

// unauthenticated are the options to reach a Spanner without credentials.
func unauthenticated(endpoint string) rest.Options {
	return rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: endpoint}},
		WithoutAuthentication: true,
	}
}

// serveScripted starts a Spanner whose operations behave as the waits need them.
func (c *cloud) serveScripted() error {
	duplicates := testsuite.Fail(lro.CodeFailedPrecondition, "Found uniqueness violation on index tv",
		&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{
			Type: "UNIQUE_INDEX", Subject: "tv", Description: "duplicate key [7]",
		}}})
	service, err := testsuite.NewService(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		testsuite.MethodCreateInstance: {
			{RunsFor: 12 * time.Second},
			{RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(3 * time.Second)},
		},
		testsuite.MethodUpdateDatabaseDdl: {{RunsFor: 8 * time.Second, End: duplicates, EndPercent: 50}},
	}})
	if err != nil {
		return err
	}
	if c.server, err = testsuite.NewServer(service, testsuite.ServerOptions{}); err != nil {
		return err
	}
	c.endpoint = c.server.URL
	return nil
}

// createInstance starts an instance. The suffix tells this run's instances apart.
func (c *cloud) createInstance(ctx context.Context, suffix string) (*spanner.Operation, error) {
	id := "quickstart-" + c.run + suffix
	op, err := c.api.Projects.Instances.Create(c.project, &spanner.CreateInstanceRequest{
		InstanceId: id,
		Instance:   &spanner.Instance{Config: c.config, DisplayName: "awaitop quickstart", ProcessingUnits: 100},
	}).Context(ctx).Do()
	if err != nil {
		return nil, fmt.Errorf("create instance %s: %w", id, err)
	}
	c.made = append(c.made, c.project+"/instances/"+id)
	return op, nil
}

// createDatabase starts a database with one table.
func (c *cloud) createDatabase(ctx context.Context, instance string) (*spanner.Operation, error) {
	op, err := c.api.Projects.Instances.Databases.Create(instance, &spanner.CreateDatabaseRequest{
		CreateStatement: "CREATE DATABASE `db`",
		ExtraStatements: []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)"},
	}).Context(ctx).Do()
	if err != nil {
		return nil, fmt.Errorf("create database: %w", err)
	}
	return op, nil
}

// failSchemaChange starts a schema change whose second statement, a unique index
// over duplicates, must fail.
func (c *cloud) failSchemaChange(ctx context.Context, database string) (*spanner.Operation, error) {
	if c.server == nil { // the scripted one has no rows
		if err := c.insertDuplicates(ctx, database); err != nil {
			return nil, err
		}
	}
	op, err := c.api.Projects.Instances.Databases.UpdateDdl(database, &spanner.UpdateDatabaseDdlRequest{
		Statements: []string{"CREATE TABLE u (id INT64) PRIMARY KEY (id)", "CREATE UNIQUE INDEX tv ON t (v)"},
	}).Context(ctx).Do()
	if err != nil {
		return nil, fmt.Errorf("update the schema of %s: %w", database, err)
	}
	return op, nil
}

func (c *cloud) insertDuplicates(ctx context.Context, database string) error {
	sessions := c.api.Projects.Instances.Databases.Sessions
	session, err := sessions.Create(database, &spanner.CreateSessionRequest{}).Context(ctx).Do()
	if err != nil {
		return fmt.Errorf("create a session of %s: %w", database, err)
	}
	_, err = sessions.Commit(session.Name, &spanner.CommitRequest{
		SingleUseTransaction: &spanner.TransactionOptions{ReadWrite: &spanner.ReadWrite{}},
		Mutations: []*spanner.Mutation{{Insert: &spanner.Write{
			Table: "t", Columns: []string{"id", "v"}, Values: [][]any{{"1", "7"}, {"2", "7"}},
		}}},
	}).Context(ctx).Do()
	if err != nil {
		return fmt.Errorf("insert into %s: %w", database, err)
	}
	return nil
}

// close deletes the instances, unless they go with the scripted server.
func (c *cloud) close() {
	if c.server != nil {
		_ = c.server.Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, name := range c.made {
		if _, err := c.api.Projects.Instances.Delete(name).Context(ctx).Do(); err != nil {
			c.out.Line("not deleted: %s: %v", name, err)
		}
	}
}
