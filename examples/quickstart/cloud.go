package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"time"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"
	"google.golang.org/api/spanner/v1"
	"google.golang.org/genproto/googleapis/rpc/errdetails"

	"github.com/awaitop/awaitop/examples/internal/command"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
	"github.com/awaitop/awaitop/testsuite"
)

// cloud is the Spanner that the workflow provisions in: a scripted one, an emulator or the real one.
type cloud struct {
	api      *spanner.Service
	options  rest.Options // how the worker reaches it
	endpoint string
	project  string // such as "projects/p"
	config   string
	scripted *httptest.Server
	name     string   // how the ids of the instances begin: other runs have others
	ordered  []string // the instances, to delete at the end what is left of them
}

func open(ctx context.Context, flags command.Flags) (*cloud, error) {
	name := "quickstart-" + strconv.FormatInt(time.Now().UnixMilli(), 36)
	if flags.Project != "" {
		project := "projects/" + flags.Project
		api, err := spanner.NewService(ctx)
		return &cloud{
			api: api, options: rest.Options{AllowedPrefixes: []string{project}}, endpoint: "https://" + lro.SpannerService,
			project: project, config: project + "/instanceConfigs/regional-us-central1", name: name,
		}, err
	}
	const project = "projects/quickstart"
	c := &cloud{endpoint: flags.Endpoint, project: project, config: project + "/instanceConfigs/emulator-config", name: name}
	if c.endpoint == "" {
		var err error
		if c.scripted, err = script(); err != nil {
			return nil, err
		}
		c.endpoint = c.scripted.URL
	}
	c.options = rest.Options{
		Services:              []rest.Service{{Name: lro.SpannerService, Endpoint: c.endpoint}},
		WithoutAuthentication: true,
	}
	var err error
	c.api, err = spanner.NewService(ctx, option.WithEndpoint(c.endpoint), option.WithoutAuthentication())
	return c, err
}

// script starts a Spanner whose second schema change fails, and whose third database is made until it is canceled.
func script() (*httptest.Server, error) {
	noColumn := testsuite.Fail(lro.CodeInvalidArgument, "Index byw specifies key column w which does not exist in its base table t.",
		&errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{
			Field: "statements[1]", Description: "table t has the columns id and v",
		}}})
	short, ddl := testsuite.Script{RunsFor: 2 * time.Second}, testsuite.Script{RunsFor: 2 * time.Second, End: noColumn, EndPercent: 50}
	service, err := testsuite.NewService(testsuite.Options{Plans: map[testsuite.Method][]testsuite.Script{
		"CreateInstance":    {{RunsFor: 4 * time.Second}},
		"CreateDatabase":    {short, short, {RunsFor: time.Hour, OnCancel: testsuite.HonorCancel(time.Second)}},
		"UpdateDatabaseDdl": {short, ddl},
	}})
	if err != nil {
		return nil, err
	}
	return httptest.NewServer(service.Handler()), nil
}

// order is the next run's order: an instance of its own.
func (c *cloud) order(schema []string) Order {
	instance := fmt.Sprintf("%s/instances/%s-%d", c.project, c.name, len(c.ordered)+1)
	c.ordered = append(c.ordered, instance)
	return Order{Instance: instance, Config: c.config, Schema: schema}
}

// close deletes the instances that are left. Those of the scripted Spanner end with it.
func (c *cloud) close() {
	if c.scripted != nil {
		c.scripted.Close()
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for _, name := range c.ordered {
		_, err := c.api.Projects.Instances.Delete(name).Context(ctx).Do()
		var refused *googleapi.Error
		if errors.As(err, &refused) && refused.Code == http.StatusNotFound {
			continue
		}
		if err != nil {
			fmt.Printf("delete %s yourself: %v\n", name, err)
		}
	}
}
