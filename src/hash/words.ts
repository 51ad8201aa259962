// Words for passwords: 2,048 of four to six letters from the EFF's large list for dice, which has neither homophones nor
// offensive words (https://www.eff.org/dice, by the Electronic Frontier Foundation, CC BY 3.0 US).

const text = `
abacus abide ablaze able abroad absurd accent aching acid acorn acre acting action active acts afar affair
affirm affix afford aflame afloat afoot afraid aged agency agenda agent aghast agile aging agony agreed
ahead ahoy aide aids ajar alarm album alias alibi aliens alike alive almost aloe aloft aloha alone aloof
alto alumni always amaze amber ambush amends amid amigo amino amiss among amount ample amply amuck amulet
amused amuser anchor anemia anemic anew anger angled angler angles animal anime ankle annex anthem antics
antler antsy anvil anyhow anyone anyway aorta apache appear apple apply april apron aptly aqua area arena
argue arise armed armful arming armory army aroma arose around array arrest arrive arson ascend ascent ashen
ashes ashy aside askew asleep aspect aspire astute atlas atom atop atrium attach attain attest attic attire
audio august author autism avatar avenge avenue avert avid avoid await awaken award aware awhile awning
awoke awry axis babble babied baboon backed backer backup bacon badass badge badly baffle bagel bagful
bagged baggie baggy baked bakery baking balmy bamboo banana banish banjo banked banker banner banter barbed
barber barge barley barman barn barrel bash basics basil basin basis basket batboy batch bath baton bats
battle bauble blade blah blame blank blast blazer bleach bleak bleep blend bless blimp bling blinks blip
blitz blob blog blot blouse bluff bluish blunt blurb blurry blurt blush boat bobbed bobble bobcat body
bogged boggle bogus boil bolt bonded boned boney bonnet bonsai bonus bony book booted booth bootie boots
boozy borax boring boss botany botch both bottle bottom bounce bouncy bovine boxcar boxer boxing boxy breach
breath breeze breezy briar bribe brick bride bright brim bring brink broken broker bronco bronze brook broom
browse brunch brunt brush brute bubble bubbly bucked bucket buckle buddy budget buffed buffer buggy bulb
bulge bulgur bulk bully bunch bundle bungee bunion bunny bunt busboy bush busily bust buzz cabana cabbie
cable cache cackle cacti cactus caddie caddy cadet cage cake calm cameo camera camper campus canal canary
cancel candle candy cane canine canned cannon cannot canola canon canopy canyon cape capped carat carbon
carded caress cargo caring carol carrot carry cartel carton carve case cash casing casino casket catchy
catnap catnip catsup cattle catty caucus causal cause caviar cavity cedar celery celtic cement census chafe
chain chair chance change chant chaos chaps charm chase chaste chatty cheek cheer cheese cheesy chef chemo
cherub chess chest chevy chewer chewy chief chili chill chimp chip chirpy chive choice chomp choosy chop
chosen chrome chubby chuck chug chummy chump chunk churn chute cider cinch cinema circle circus citric
citrus city civic civil clad claim clammy clamor clamp clang clash clasp class clause claw clay clean clear
cleat cleft clench clerk clever client cling clinic clip clique cloak clock clone cloud clover clump clumsy
clunky clutch coach coat cobalt cobweb cocoa coerce coffee coil coke cola cold collar collie colony colt
coma come comfy comic coming comma common compel comply conch concur cone cope copied copier coping copper
copy coral cork cornea corned corner corny corral corset cortex cosmic cosmos cost cotton couch cough could
county cover cozily cozy cradle crafty cramp crane crank crate crave crayon crazed crazy crease create
credit creed creme creole crepe crept crib cried crier crimp cringe crispy croak crock crook croon crop
cross crouch crowd crown crumb crummy crust crux crying cube cuddle cuddly cupid cupped curdle cure curfew
curing curled curler curly curry curse cursor curtly curtsy curve curvy cushy cusp cussed cycle cyclic
cymbal dagger daily dainty dairy daisy dance dander dandy danger dangle dares darn dart dash data dating
dawn daybed deacon dealer dealt dean debate debit debtor debug debunk decade decaf decal decay deceit decent
deck decode decoy decree deduce deduct deed deem deepen deeply deface defame defeat defile define defog
deftly defuse defy degree deity delay delete delta deluge deluxe demise demote denial denim denote dense
dental deny depict deploy deport depose depth deputy derail derby detail detest deuce device dial diaper
diary dice dicing dill dilute dime dimly dimmed dimmer dimple diner dinghy dingo dingy dining dinner dipped
dipper disarm dish disk dismay disown ditch ditto ditzy diving dizzy doable docile dock dodge dodgy doily
doing dole dollar dollop dolly domain donor donut doodle doozy dork dorsal dosage dose dotted douche dove
down dowry doze drab drank draw dreamt dreamy dreary drench dress drew dried drier drift drippy driven
driver drone drool droop drove drown drudge drum dubbed ducky duct dude duffel dugout duke duller duly dupe
duplex duress during dusk dust duty duvet dwarf dweeb each eagle earful early earthy earwig easel easily
easing easter eaten eatery eating eats ebay ebony ebook ecard echo eclair edge edging edgy editor effort
egging eggnog either eject elated elbow eldest eleven elite elixir elope elude elves email embark ember
emblem embody emboss emcee emit emote empty enable enamel encode encore ended ending energy engine engulf
enrage enrich enroll ensure entail entire entity entomb entrap entree envoy envy enzyme epic equal equate
equity erased eraser errand errant error erupt eskimo essay estate ether ethics evade even evict evil evoke
evolve exact excess excuse exert exes exhale exhume exile exit exodus expand expel expend expert expire
expose extent extras fable fabric facial facing factor fade fading falcon fall false fame family famine
fancy fang faster faucet feast fedora feeble feed feel feisty feline femur fence fender ferret ferris ferry
fervor fester fetal fetch fever fiber fiddle fifth fifty figure filing filled filler film filter filth
finale finch finer finite five flail flaky flame flap flashy flask flatly fled fleshy flick flier flight
flinch fling flint flip flirt float flock flop floral floss flyer flying foam foil folic folk follow fondly
fondue font food fool footer fossil foster foyer frail frame frayed frays freely french frenzy fresh friday
fridge fried friend frill fringe frisk frolic from front frosty froth frown frozen fruit frying gaffe gains
gala galley gallon galore game gaming gamma gander gangly garage garden gargle garlic garnet garter gating
gauze gave gawk gazing gear gecko geek geiger gender genre gently gents gerbil getup giant giblet giddy gift
giggle giggly gigolo gilled gills girdle given giver giving gizmo glade gladly glance glare glass glider
glitch glitzy gloomy glory gloss glove glue gluten gnarly gnat goal goes going golf gonad gone gong good
gooey goofy google goon gopher gore gorged gory gossip gothic gotten gout gown grab graded grader grain
granny grant grape graph grasp grass gravel graves gravy gray greedy green grew grid grief grill grime grimy
grinch grip grit groggy groin groom groove groovy grope ground grout grove grower growl grub grudge grunge
grunt guide guise gulf gully gulp gummy gurgle guru gush gusto gusty guts gutter hacked hacker haiku half
halt halved halves hamlet hamper handed hangup hankie hanky happy harbor hardly hardy harsh hash hassle
haste hasty hatbox hate hatred haunt haven hazard hazily hazing hazy headed header heap heat heave hedge
hefty helium helmet helper hence henna herald herbal herbs hermit hertz hubcap huddle huff hula hulk hull
human humble humbly humid hummus humped humvee hunger hungry hunk hunter hurdle hurled hurler hurray hurry
hurt hush husked hybrid hyphen icing icky icon idiocy idiom idly igloo ignore iguana image impale impart
impish imply impose impure iodine iodize ipad iphone ipod irate iron issue item itunes ivory jackal jacket
jailer jargon jaunt java jawed jaws jazz jeep jelly jersey jester jiffy jigsaw jimmy jingle jinx jockey
jogger john jolly jolt jovial joyous judge judo juggle juice juicy july jumble jumbo jump june junior junkie
jurist juror jury justly kabob karate karma kebab keenly keep kelp kennel kept kettle kick kiln kilt kimono
kindle kindly king kisser kite kitten kitty kiwi knee knelt knoll koala kooky kosher kudos kung ladder
ladies ladle lagged lagoon lair lake lance landed lanky lapdog lapel lapped laptop lard large lark lash
lasso last latch late lather latter launch laurel lavish lazily lazy left legacy legal legend legged lego
legume lemon lend length lens lent lesser letter level levers liable life lifter likely liking lilac lilly
lily limb limes limit line lingo lining linked lint lion liquid lisp list litmus litter little lived lively
liver living lizard lucid lugged lumber lunar lung lurch lure lurk lusty lying macaw mace magma maker malt
mama mango mangy manly manor many march mardi marry math mauve maybe mocha molar mold moody morse mossy most
motor motto mouse mousy mouth move movie mower much muck mulch mule mumbo mummy mumps mural murky mushy
music musky musty mute mutt myth nacho nail name nanny nape nappy navy neon nerd nervy nest never next niece
nifty ninja ninth nutty nylon oasis oboe ocean ogle oink okay olive omega omen omit onion only onset onto
onyx oops ooze oozy opal open opium other otter ouch ought ounce outer oval ovary oven ozone paced pagan
pager palm panda pang panic pants paper parka party pasta pasty path patio paver payee payer pecan pelt
penny perch perky perm pesky peso petal petri petty phony photo plank plant plaza pleat plod plop plot plow
ploy pluck plug plus poach poem poet pogo poise poker polar polio polka polo pond pony pope poppy pork poser
posh pouch pound pout power press pried primp print prior prism prize probe prone prong props proud proxy
prude prune pull pulp pulse puma punch punk pupil puppy purge purr purse pushy putt quack quail quake qualm
query quiet quill quilt quirk quit quote rabid race rack radar radio raft rage rake rally ramp ranch rants
rare rash raven reach ream rebel rehab relax relay relic rely remix reply reps rerun reset retry reuse rhyme
rice ride rift rigid rigor rind rink rinse riot rise risk ritzy rival roast robe robin rocky rogue roman
romp rope rosy rover royal ruby rule rumor runny runt rural ruse rush rust sadly saga sage saggy said saint
sake salad salon salsa salt same sandy sank santa sappy sash sassy satin saucy sauna saved savor scale scam
scant scarf scary scion scoff scone scoop scope scorn scrap scuba scuff sedan self send sepia serve setup
shack shady shaft shaky shale shame shank shape share shawl shed sheep sheet shelf shell shine shiny ship
shirt shock shone shore shout shove shown showy shrug shun shush shut sift silk silly silo silt siren sixth
size skid skied skier skies skirt skype slab slain slam slang slate slaw sled sleek sleep sleet slept slick
slimy slip slit slot slug slum slurp slush small smell smile smirk smite smith smock smog smoky snack snap
snare snarl sneak sneer snide sniff snore snort snout snowy snub snuff speak speed spent spew spied spill
spilt spiny spoof spool spoon spore spout spray spree sprig spry spud spur squad squid stack staff stage
stamp stand stank stark stash state stays steam steed steep stem step stew stick stilt stir stock stoic
stoke stole stomp stony stood stool stoop storm stout stove straw stray strep strum strut stuck study stump
stung stunt suave such suds sugar suing sulk sushi swab swan swarm sway swear sweat sweep swell swept swipe
swirl swoop swore sworn swung syrup tabby tacky taco take tall talon tamer tank taps tarot task taste tasty
taunt thank that thaw thee theft theme these thigh thing think thong thorn those thud thumb thus tiara tibia
tidal tidy tiger tile till tilt timid tint tiny trace track trade train traps trash tray treat tree trend
trial tried trio trout truce truck trump truth tubby tulip tummy turf tusk tutor tutu tweak tweed tweet
twerp twice twig twine twins twirl tying tyke udder ultra uncle uncut unify union unit unlit untie until
unwed unzip upon upper urban usage used user usher usual utter valid value veal vegan venue venus verse very
vest veto vibes vice video viper viral virus visa visor vista vixen voice void voter vowed vowel wafer waged
wager wages wagon wake walk waltz wand wasp watch water wavy wham wharf wheat whiff whiny whole wick widen
widow width wife wifi wilt wimp wince wind wing wipe wired wiry wise wish wispy wolf womb woof wool woozy
word work worry worst wound woven wrath wrist xbox xerox yahoo yard yarn yeah yeast yelp yield yodel yoga
yoyo yummy zebra zero zesty zippy zips zone zoom
`

let list: readonly string[] | undefined

/** 2,048 of them, so one is worth 11 bits. Split at the first use, for most programs have none. */
export function wordList(): readonly string[] {
  list ??= text.trim().split(/\s+/)
  return list
}
