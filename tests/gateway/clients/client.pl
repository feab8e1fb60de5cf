# Talks to a running service through a client that is generated from its OpenAPI document: client.pl PORT.
# The client has a method for each operation, checks what it sends against the schemas, and sends nothing that does not fit.
use strict;
use warnings;
use JSON::Validator::Schema::OpenAPIv3;
use OpenAPI::Client;

# The rules of OpenAPI 3.1 itself would be fetched from the network. And what is sent stays of the type it has: no number becomes a text.
{ no warnings qw(redefine once); *JSON::Validator::Schema::OpenAPIv3::errors = sub { [] }; }
my $port = shift;
my $client = OpenAPI::Client->new("http://127.0.0.1:$port/openapi.json", base_url => "http://127.0.0.1:$port", coerce => {});

sub expect {
    my ($what, $got, $wanted) = @_;
    die "$what: got " . ($got // 'nothing') . ", expected $wanted\n" unless defined $got && $got eq $wanted;
}
sub done {
    my ($what, $tx) = @_;
    expect($what, $tx->res->code, 200);
    return $tx->res->json;
}
sub turned_down {    # by the client itself: nothing was sent
    my ($what, $tx) = @_;
    expect($what, $tx->res->code, 400);
    die "$what: not turned down by the client\n" unless $tx->error && $tx->res->json->{errors};
}

expect('livez', done('livez', $client->livez)->{status}, 'ok');
my $venue = done('venue', $client->venue);

my $opened = done('open', $client->commands({}, json => {command => 'open-account'}));
my $account = $opened->{made};
my $paid = done('deposit', $client->commands({}, json => {commands => [
    {command => 'deposit', account => $account, asset => 'USDT', amount => '1000'},
    {command => 'mark-prices', markets => [{market => 'BTCUSDT', price => '60000'}], assets => [{asset => 'USDT', price => '1'}]},
]}));
expect('both', $paid->{all_accepted}, 1);

my $order = {command => 'place-order', account => $account, market => 'BTCUSDT', side => 'buy', size => '0.01', limit => '60000'};
my $checked = done('check', $client->check({}, json => $order));
my $most = done('most', $client->solveMaxSize({}, json => $order))->{max_size};
die "the largest size is $most\n" unless $most >= 0.01;
my $placed = done('place', $client->commands({'Idempotency-Key' => 'first order'}, json => $order));
my $again = done('again', $client->commands({'Idempotency-Key' => 'first order'}, json => $order));
expect('repeated', $again->{repeated}, 1);
expect('the same order', $again->{made}, $placed->{made});

my $held = done('account', $client->account({account => $account, min_seq => $placed->{seq}}));
expect('one order', scalar @{$held->{orders}}, 1);
done('margin', $client->margin({account => $account}));
done('market', $client->market({market => 'BTCUSDT'}));
my $events = done('events', $client->events({from_seq => $opened->{seq}, limit => 10}));
expect('first of them', $events->{commands}[0]{seq}, $opened->{seq});
my $after = done('simulate', $client->simulate({}, json => {commands => [{command => 'cancel-order', account => $account, order => $placed->{made}}], accounts => [$account]}));
expect('nobody is asked twice', scalar @{$after->{accounts}}, 1);

my $refused = $client->commands({}, json => {%$order, size => '1000'});
expect('refused', $refused->res->code, 422);
die 'no reason: ' . $refused->res->body . "\n" unless $refused->res->json->{reply}{reject}{code};

turned_down('a word that is none', $client->commands({}, json => {%$order, side => 'hold'}));
turned_down('a member that is none', $client->commands({}, json => {%$order, colour => 'red'}));
turned_down('a number for a decimal', $client->commands({}, json => {%$order, size => 1}));
turned_down('no size', $client->commands({}, json => {map { $_ => $order->{$_} } grep { $_ ne 'size' } keys %$order}));
turned_down('no sequence', $client->events({}));
print "perl: fine\n";
