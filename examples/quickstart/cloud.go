package main

import (
	"context"
	"fmt"
	"net/http/httptest"
	"time"

	"google.golang.org/api/option"
	"google.golang.org/api/spanner/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// cloud is the Spanner that the operations run in: a scripted one, an emulator or the real one.
type cloud struct {
	api      *spanner.Service
	options  rest.Options // how the worker reaches it
	project  string       // such as "projects/p"
	config   string
	scripted *httptest.Server
	made     []string // the instances to delete at the end
}

func open(ctx context.Context, flags command.Flags) (*cloud, error) {
	if flags.Project != "" {
		project := "projects/" + flags.Project
		api, err := spanner.NewService(ctx)
		return &cloud{
			api: api, options: rest.Options{AllowedPrefixes: []string{project}},
			project: project, config: project + "/instanceConfigs/regional-us-central1",
		}, err
	}
	const project = "projects/quickstart"
	c := &cloud{project: project, config: project + "/instanceConfigs/emulator-config"}
	endpoint := flags.Endpoint
	if endpoint == "" {
		var err error
		if c.scripted, err = script(); err != nil {
			return nil, err
		}
		endpoint = c.scripted.URL
	}
	fmt.Println("Spanner: ", endpoint)
	c.options = rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: endpoint}},
		WithoutAuthentication: true,
	}
	var err error
	c.api, err = spanner.NewService(ctx, option.WithEndpoint(endpoint), option.WithoutAuthentication())
	return c, err
}

// script starts a Spanner whose second CreateInstance runs until it is canceled, and whose schema changes fail.
func script() (*httptest.Server, error) {
	duplicates := testsuite.Fail(lro.CodeFailedPrecondition, "Found uniqueness violation on index tv",
		&errdetails.PreconditionFailure{Violations: []*errdetails.PreconditionFailure_Violation{{
			Type: "UNIQUE_INDEX", Subject: "tv", Description: "duplicate key [7]",
		}}})
	service, err := testsuite.NewService(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance":    {{RunsFor: 5 * time.Second}, {RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(time.Second)}},
		"UpdateDatabaseDdl": {{RunsFor: 5 * time.Second, End: duplicates, EndPercent: 50}},
	}})
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(service.Handler()), nil
}

// createInstance starts the creation of an instance.
func (c *cloud) createInstance(ctx context.Context) (*spanner.Operation, error) {
	id := fmt.Sprintf("quickstart-%x-%d", time.Now().Unix(), len(c.made)+1)
	op, err := c.api.Projects.Instances.Create(c.project, &spanner.CreateInstanceRequest{
		InstanceId: id,
		Instance:   &spanner.Instance{Config: c.config, DisplayName: "awaitop quickstart", ProcessingUnits: 100},
	}).Context(ctx).Do()
	if err != nil {
		return nil, fmt.Errorf("create the instance %s: %w", id, err)
	}
	c.made = append(c.made, c.project+"/instances/"+id)
	return op, nil
}

// database is the database of the first instance.
func (c *cloud) database() string { return c.made[0] + "/databases/db" }

// createDatabase starts the creation of the database, with one table.
func (c *cloud) createDatabase(ctx context.Context) (*spanner.Operation, error) {
	return c.api.Projects.Instances.Databases.Create(c.made[0], &spanner.CreateDatabaseRequest{
		CreateStatement: "CREATE DATABASE `db`",
		ExtraStatements: []string{"CREATE TABLE t (id INT64, v INT64) PRIMARY KEY (id)"},
	}).Context(ctx).Do()
}

// failSchemaChange starts a schema change whose second statement fails: a unique index over duplicates.
func (c *cloud) failSchemaChange(ctx context.Context) (*spanner.Operation, error) {
	if c.scripted == nil { // the scripted Spanner has no rows
		if err := c.insertDuplicates(ctx); err != nil {
			return nil, err
		}
	}
	return c.api.Projects.Instances.Databases.UpdateDdl(c.database(), &spanner.UpdateDatabaseDdlRequest{
		Statements: []string{"CREATE TABLE u (id INT64) PRIMARY KEY (id)", "CREATE UNIQUE INDEX tv ON t (v)"},
	}).Context(ctx).Do()
}

func (c *cloud) insertDuplicates(ctx context.Context) error {
	sessions := c.api.Projects.Instances.Databases.Sessions
	session, err := sessions.Create(c.database(), &spanner.CreateSessionRequest{}).Context(ctx).Do()
	if err != nil {
		return err
	}
	_, err = sessions.Commit(session.Name, &spanner.CommitRequest{
		SingleUseTransaction: &spanner.TransactionOptions{ReadWrite: &spanner.ReadWrite{}},
		Mutations: []*spanner.Mutation{{Insert: &spanner.Write{
			Table: "t", Columns: []string{"id", "v"}, Values: [][]any{{"1", "7"}, {"2", "7"}},
		}}},
	}).Context(ctx).Do()
	return err
}

// close deletes the instances. Those of the scripted Spanner end with it.
func (c *cloud) close() {
	if c.scripted != nil {
		c.scripted.Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, name := range c.made {
		if _, err := c.api.Projects.Instances.Delete(name).Context(ctx).Do(); err != nil {
			fmt.Printf("delete %s yourself: %v\n", name, err)
		}
	}
}
