package grpc

import (
	"cmp"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"cloud.google.com/go/auth"
	"google.golang.org/grpc"

	"github.com/awaitop/awaitop/catalog"
	"github.com/awaitop/awaitop/lro"
	"github.com/awaitop/awaitop/poller"
	"github.com/awaitop/awaitop/services/internal/requests"
)

// Defaults of [Options]. They are those of package rest.
const (
	// DefaultMaxReplySize is four times the 4 MB that gRPC clients read. Operations carry their
	// result, and a page of a List carries many.
	DefaultMaxReplySize = 16 << 20
	// DefaultRequestTimeout is generous: reads of an operation take milliseconds.
	DefaultRequestTimeout = 30 * time.Second
	// DefaultUserAgent is sent if Options.UserAgent is empty.
	DefaultUserAgent = "awaitop"
)

// Options configure a [Client]. Only Service is required: the service at its global endpoint, with the
// application default credentials.
type Options struct {
	// Service is the service's DNS name as it stands in a Ref, such as "spanner.googleapis.com".
	// Required. Services with operations of another form, such as Compute Engine, are for package rest.
	Service string
	// Operations has the connection to the service, in place of one of the Client's own. A generated
	// client and its LROClient both have one. Then Endpoint, Credentials, WithoutAuthentication, Scopes,
	// UniverseDomain, Logger, UserAgent and DialOptions must be zero.
	Operations Connected
	// AllowedPrefixes are the resources that operations may belong to, such as "projects/p". They match
	// whole path segments, as those of rest.Options. Empty allows every name.
	AllowedPrefixes []string
	// Types are those of messages that the program does not import, see [lro.FromAny]. Default none.
	Types lro.Types
	// WithoutWait never sends WaitOperation. Default: it is sent for the operations for which the catalog
	// has it.
	WithoutWait bool
	// QuotaProject is the project that pays for requests and whose quota they use. A Poller then has one
	// budget for the service. Default: that of Operations or of the credentials, unless the service
	// charges the resource's project.
	QuotaProject string
	// MaxReplySize is the most bytes of a reply that are read. A longer reply is an error with code
	// OUT_OF_RANGE, which is permanent. Default [DefaultMaxReplySize].
	MaxReplySize int
	// RequestTimeout bounds one try. No try begins later than this after the call began. Default
	// [DefaultRequestTimeout].
	RequestTimeout time.Duration
	// Clock measures a call's tries and waits between them. Default: the machine's.
	Clock poller.Clock

	// Endpoint is where the service is reached: host or host:port over TLS, or a URL without a path.
	// "http://" is a connection without TLS, as to an emulator: with WithoutAuthentication, or to a
	// loopback address. Workflow input cannot set it. Default: Service at port 443, in UniverseDomain.
	// It is required for services that the catalog marks as Located, which a region's host alone serves.
	Endpoint string
	// Credentials authenticate requests. The Client caches their tokens. Default: the application
	// default credentials, with Scopes.
	Credentials *auth.Credentials
	// WithoutAuthentication sends no credentials and looks for none.
	WithoutAuthentication bool
	// Scopes are the OAuth scopes of the application default credentials, each a URL. With other
	// credentials, or without authentication, they are an [*lro.InvalidError]. Default: cloud-platform. For
	// the services of package catalog that do not take it, all that they take.
	Scopes []string
	// UniverseDomain is the domain of the cloud that Credentials must belong to, as in rest.Options.
	// Default: the environment variable GOOGLE_CLOUD_UNIVERSE_DOMAIN, else googleapis.com.
	UniverseDomain string
	// Logger receives the debug records of token requests. Default: none.
	Logger *slog.Logger
	// UserAgent begins the header user-agent. Default [DefaultUserAgent].
	UserAgent string
	// DialOptions are added to the Client's own, and go before them: for interceptors, telemetry, private
	// roots or client certificates, or credentials of another kind, with WithoutAuthentication.
	DialOptions []grpc.DialOption
}

// Connected has a connection. It may return another one of a pool each time. Every generated client over
// gRPC is one, and so is its LROClient.
type Connected interface {
	Connection() *grpc.ClientConn
}

// withDefaults returns o with its zero fields set.
func (o Options) withDefaults() Options {
	o.MaxReplySize = cmp.Or(o.MaxReplySize, DefaultMaxReplySize)
	o.RequestTimeout = cmp.Or(o.RequestTimeout, DefaultRequestTimeout)
	if o.Operations == nil {
		o.UserAgent = cmp.Or(o.UserAgent, DefaultUserAgent)
	}
	if o.Clock == nil {
		o.Clock = poller.SystemClock()
	}
	return o
}

// Validate refuses, with an [*lro.InvalidError], what [New] refuses. It looks for no credentials.
func (o Options) Validate() error {
	if err := o.validateService(); err != nil {
		return err
	}
	switch {
	case o.MaxReplySize < 0:
		return &lro.InvalidError{Field: "maxReplySize", Value: strconv.Itoa(o.MaxReplySize), Want: "a number of bytes, or 0 for the default"}
	case o.RequestTimeout < 0:
		return &lro.InvalidError{Field: "requestTimeout", Value: o.RequestTimeout.String(), Want: "a positive duration, or 0 for the default"}
	case strings.ContainsFunc(o.QuotaProject, unicode.IsControl):
		return &lro.InvalidError{Field: "quotaProject", Value: o.QuotaProject, Want: "a project id or number"}
	}
	if _, err := o.prefixes(); err != nil {
		return err
	}
	if o.Operations != nil {
		return o.validateGiven()
	}
	return o.validateDial()
}

// validateService refuses a service that google.longrunning.Operations cannot reach.
func (o Options) validateService() error {
	if err := lro.ValidateService(o.Service); err != nil {
		return lro.InField(err, "ref.service", "service")
	}
	versions := catalog.ServicesAt(o.Service)
	standard := func(c *catalog.Collection) bool { return c.Shape == catalog.Standard }
	if len(versions) > 0 && !slices.ContainsFunc(versions, func(s *catalog.Service) bool { return slices.ContainsFunc(s.Collections(), standard) }) {
		return &lro.InvalidError{Field: "service", Value: o.Service, Want: "a service of google.longrunning.Operations; reach others by package rest", Problem: "has operations of its own form"}
	}
	return nil
}

// validateGiven refuses what a connection that is given has already.
func (o Options) validateGiven() error {
	for _, own := range []struct {
		field string
		set   bool
	}{
		{"endpoint", o.Endpoint != ""}, {"credentials", o.Credentials != nil}, {"withoutAuthentication", o.WithoutAuthentication},
		{"scopes", len(o.Scopes) > 0}, {"universeDomain", o.UniverseDomain != ""}, {"logger", o.Logger != nil}, {"userAgent", o.UserAgent != ""}, {"dialOptions", len(o.DialOptions) > 0},
	} {
		if own.set {
			return &lro.InvalidError{Field: own.field, Value: "...", Want: "none with Operations, whose connection has its own"}
		}
	}
	if o.Operations.Connection() == nil {
		return &lro.InvalidError{Field: "operations", Value: "a client without a connection", Want: "a client over gRPC, such as NewDatabaseAdminClient makes; a REST client's operations are for package rest"}
	}
	return nil
}

// validateDial refuses what cannot be dialed.
func (o Options) validateDial() error {
	switch {
	case o.WithoutAuthentication && o.Credentials != nil:
		return &lro.InvalidError{Field: "credentials", Value: "...", Want: "none with WithoutAuthentication"}
	case strings.ContainsFunc(o.UserAgent, unicode.IsControl):
		return &lro.InvalidError{Field: "userAgent", Value: o.UserAgent, Want: "text without control characters"}
	case lro.ValidateService(requests.Universe(o.UniverseDomain)) != nil:
		return &lro.InvalidError{Field: "universeDomain", Value: requests.Universe(o.UniverseDomain), Want: "a domain such as " + requests.DefaultUniverse}
	}
	if err := requests.ValidateScopes("scopes", o.Scopes, o.Credentials == nil && !o.WithoutAuthentication); err != nil {
		return err
	}
	_, err := o.endpoint()
	return err
}

// scopes are those of the application default credentials.
func (o Options) scopes() []string {
	if len(o.Scopes) > 0 {
		return o.Scopes
	}
	return requests.ScopesOf(o.Service)
}

// prefixes are AllowedPrefixes without slashes at their ends.
func (o Options) prefixes() ([]string, error) {
	var all []string
	for i, prefix := range o.AllowedPrefixes {
		prefix = strings.TrimSuffix(prefix, "/")
		if err := lro.ValidateParent("allowedPrefixes["+strconv.Itoa(i)+"]", prefix); err != nil {
			return nil, err
		}
		all = append(all, prefix)
	}
	return all, nil
}
