package rest

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"

	"google.golang.org/api/googleapi"
	"google.golang.org/api/option"

	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// Serves reports whether the service is registered with c.
func (c *Client) Serves(service string) bool {
	_, registered := c.registry.services[service]
	return registered
}

// QuotaProject is the project whose quota requests of a service use: that of the [Service], else
// Options.QuotaProject.
func (c *Client) QuotaProject(service string) string {
	if found, registered := c.registry.services[service]; registered {
		return found.access.quotaProject
	}
	return c.options.QuotaProject
}

// Generated returns the options for a client generated from a discovery document, such as
// google.golang.org/api/spanner/v1. With them that client reaches service as c does: with its
// endpoint, credentials and telemetry. The endpoint is that of [Service].Endpoint, else the global
// host: Regional does not apply. A service that is not registered is an [*lro.InvalidError].
func (c *Client) Generated(service string) ([]option.ClientOption, error) {
	found, registered := c.registry.services[service]
	if !registered {
		return nil, c.registry.unknown("service", service)
	}
	// Without the slash the last segment of the endpoint's path would be lost.
	return []option.ClientOption{option.WithHTTPClient(c.http[found.access]), option.WithEndpoint(found.endpoint + "/")}, nil
}

// Allow reports, as an [*lro.InvalidError] for a field below the given one, why a request about a
// resource may not be sent: its name is not a resource's, or is outside of Options.AllowedPrefixes.
// Generated clients do not check that.
func (c *Client) Allow(field, service, name string) error {
	if err := lro.ValidateName(field+".name", name); err != nil {
		return err
	}
	_, err := c.registry.of(field, resource{Service: service, Name: name})
	return err
}

// Call makes one request of a client made with [Client.Generated]. call passes the context and the
// options to the generated method's Context and Do. It is one try, within RequestTimeout, and its
// errors are those of c's own methods. method names it in the error and in telemetry, together with
// the service.
func (c *Client) Call(ctx context.Context, service, method string, call func(ctx context.Context, options ...googleapi.CallOption) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, c.options.RequestTimeout)
	defer cancel()
	_, err := requests.Observe(limited, c.measures, method, service, "", func(limited context.Context) (struct{}, error) {
		marked, sent := withSendMark(limited)
		err := call(marked, c.callOptions(service)...)
		switch {
		case err == nil:
			return struct{}{}, nil
		case ctx.Err() != nil:
			return struct{}{}, ctx.Err()
		default:
			return struct{}{}, c.generatedError(method, err, sent.Load())
		}
	})
	return err
}

func (c *Client) callOptions(service string) []googleapi.CallOption {
	format := cmp.Or(c.registry.services[service].format, c.options.ErrorFormat)
	if format == ErrorFormatUnset {
		return nil
	}
	return []googleapi.CallOption{googleapi.QueryParameter("$.xgafv", string(format))}
}

// generatedError reads the error of a generated client from the reply's body. The client's own
// reading knows HTTP's codes only, and loses every detail if one has an unknown type.
func (c *Client) generatedError(method string, err error, sent bool) error {
	var refused *googleapi.Error
	if errors.As(err, &refused) {
		return c.failure(method, reply{http: refused.Code, header: refused.Header, body: []byte(refused.Body)})
	}
	var inURL *url.Error
	if !sent || errors.As(err, &inURL) {
		return c.noReply(method, err, sent)
	}
	if requests.IsTimeout(err) || errors.Is(err, errTooLarge) {
		return c.unreadable(method, http.StatusOK, err)
	}
	return &lro.Error{Method: method, HTTP: http.StatusOK, Cause: err, NoStatus: true, Status: requests.LostStatus("the reply was cut off or is no JSON", err)}
}
