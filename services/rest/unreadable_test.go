package rest_test

import (
	"context"
	"strings"
	"testing"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/spanner/v1"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/rest"
)

// A success that is too large to be read may have acted, for the client's own writes
// and a generated client's, and is not sent again at once.
func TestTooLargeMayHaveActed(t *testing.T) {
	t.Parallel()
	writes := map[string]func(t *testing.T, client *rest.Client) error{
		"cancel": func(t *testing.T, client *rest.Client) error {
			return client.CancelOperation(t.Context(), operationRef)
		},
		"delete": func(t *testing.T, client *rest.Client) error {
			return client.DeleteOperation(t.Context(), operationRef)
		},
		"start": func(t *testing.T, client *rest.Client) error {
			options, err := client.Generated(lro.SpannerService)
			if err != nil {
				t.Fatal(err)
			}
			api, err := spanner.NewService(t.Context(), options...)
			if err != nil {
				t.Fatal(err)
			}
			return client.Call(t.Context(), lro.SpannerService, "CreateInstance", func(ctx context.Context, options ...googleapi.CallOption) error {
				_, err := api.Projects.Instances.Create("projects/p", &spanner.CreateInstanceRequest{InstanceId: "i"}).Context(ctx).Do(options...)
				return err
			})
		},
	}
	for name, write := range writes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := serve(t, answer(200, `{"name":"`+operationName+`"}`+strings.Repeat(" ", 5000)))
			err := write(t, s.client(t, func(o *rest.Options) { o.MaxBodySize = 4096 }))
			failed := failureOf(t, err)
			if class := lro.Classify(err); !class.MayHaveActed() || class != lro.ClassUnreadable || failed.HTTP != 200 || !failed.NoStatus {
				t.Errorf("%v: class %q, may have acted %t, HTTP %d, NoStatus %t", err, class, class.MayHaveActed(), failed.HTTP, failed.NoStatus)
			}
			if n := len(s.received()); n != 1 {
				t.Errorf("%d requests", n)
			}
		})
	}
}
